"""How allauth's second factor stands in this house: its secrets sealed like everything personal."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from xinglin.accounts.vault import vault

PURPOSE = "second_factor"


class SealingAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no hints
    """allauth keeps secrets in the clear unless told how to seal them."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault().seal(text, purpose=PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault().open(base64.b64decode(encrypted_text), purpose=PURPOSE)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def get_totp_issuer(self) -> str:
        return "杏林"
