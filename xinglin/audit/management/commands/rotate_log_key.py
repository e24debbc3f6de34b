"""Gives the city a new key for its log; the old one signs for the new one, and stays for checking what it signed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xinglin.audit import sealer, signing
from xinglin.lib import clock
from xinglin.lib.errors import Refusal
from xinglin.lib.tlog import notes


class Command(BaseCommand):
    help = "更换存证签名密钥：新旧两把密钥一起签下一个存证点，旧公钥留着核对以前的存证。"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        sealer.seal()
        try:
            checkpoint = sealer.rotate_key(at=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(checkpoint.note)
        for key in signing.every_key():
            self.stdout.write(notes.verifier_key(key.origin, bytes(key.public)))
        self.stdout.write("密钥已更换，请把最后一行新公钥告诉核对的人 · Tell auditors the last line, the new key")
