"""Installing: the manifest names icons that exist, the worker stays small, the page for no network is nobody's own."""

import json
import re
import struct
from pathlib import Path

import pytest
from django.urls import reverse

from conftest import sign_in

pytestmark = pytest.mark.django_db

STATIC = Path(__file__).resolve().parents[2] / "static"


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


def test_the_manifest_names_icons_of_the_sizes_it_says(client):
    answer = client.get(reverse("home:manifest"))

    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert manifest["name"] == "杏林志愿服务"
    for icon in manifest["icons"]:
        png = (STATIC / icon["src"].removeprefix("/static/")).read_bytes()
        assert "{}x{}".format(*size_of(png)) == icon["sizes"]


def test_every_page_leads_to_the_manifest(client):
    assert f'rel="manifest" href="{reverse("home:manifest")}"' in client.get("/").content.decode()


def test_the_worker_keeps_static_files_and_one_page(client):
    script = client.get(reverse("home:worker"))

    kept = re.search(r"const SHELL = \[(.*?)\]", script.content.decode()).group(1)
    assert script["Content-Type"].startswith("text/javascript")
    assert script["Cache-Control"] == "no-cache"
    assert all("/static/" in address for address in kept.replace("OFFLINE, ", "").split(", "))


def test_what_the_worker_keeps_is_there(client):
    kept = re.search(r"const SHELL = \[OFFLINE, (.*?)\]", client.get("/sw.js").content.decode()).group(1)

    for address in json.loads(f"[{kept}]"):
        assert (STATIC / address.removeprefix("/static/")).exists()


def test_the_page_for_no_network_is_the_same_for_everyone_and_sets_nothing(client, lin):
    anyone = client.get(reverse("home:offline"))
    own = sign_in(client, lin.person.user).get(reverse("home:offline"))

    assert anyone.content == own.content
    assert not anyone.cookies
    assert "现在没有网络" in anyone.content.decode()
