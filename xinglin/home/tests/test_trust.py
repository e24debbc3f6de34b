"""The page that helps telephones to trust the house: what it hands out, and what it says where all is well."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.test import Client

from xinglin.lib.tls import authority, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> x509.Certificate:
    """A house with an authority of its own."""
    settings.TLS_FOLDER = tmp_path
    authority.issue(tmp_path, names=["zyz.example.cn"], addresses=[], within=[], at=dt.datetime.now(dt.UTC))
    certificate = queries.authority_of(tmp_path)
    assert certificate is not None
    return certificate


@pytest.mark.parametrize("secure", [False, True])
def test_the_certificate_comes_as_telephones_want_it(client: Client, house: x509.Certificate, secure: bool):
    answer = client.get("/trust/ca.crt", secure=secure)

    assert answer["Content-Type"] == "application/x-x509-ca-cert"
    assert x509.load_der_x509_certificate(answer.content) == house


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "证书信任设置"), ("en", "Certificate Trust Settings")])
def test_the_page_says_each_step_and_the_fingerprint(client: Client, house: x509.Certificate, language: str, said: str):
    client.cookies["language"] = language

    page = client.get("/trust/").content.decode()

    assert said in page
    for part in queries.in_parts(queries.fingerprint(house)):
        assert part in page
    assert "/trust/ca.crt" in page


def test_no_key_is_handed_out(client: Client, house: x509.Certificate):
    for name in ("ca.key", "server.key", "../ca.key"):
        assert client.get(f"/trust/{name}").status_code == 404


def test_without_an_authority_there_is_nothing_to_do(client: Client, settings: Any, tmp_path: Path):
    settings.TLS_FOLDER = tmp_path

    assert "这里不用做什么" in client.get("/trust/").content.decode()
    assert client.get("/trust/ca.crt")["Location"] == "/trust/"
