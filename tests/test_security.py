"""What every page owes to whoever opens it: a strict policy, nothing inline, and forms that only we can send."""

from __future__ import annotations

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse

from conftest import at, sign_in
from tests.architecture.house import PACKAGE, ROOT, shown

PAGES = ["home:home", "home:desk", "people:me", "people:apply", "activities:list", "timebank:statement", "hours:mine"]
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self'; object-src 'none'"
)
INLINE = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "a style block": re.compile(r"<style\b"),
    "an inline handler": re.compile(r"\son\w+\s*=\s*[\"']"),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)"),
    "a script's address": re.compile(r"javascript:"),
    "something from outside": re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//"),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}
# Where text is called safe, each with its reason.
CALLED_SAFE = {
    "xinglin/lib/web/templatetags/xinglin_tags.py": "the shapes of icons: our own constants",
    "xinglin/lib/web/qr.py": "a QR code drawn by segno from an address of ours",
}


def templates() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.html") if "static" not in path.parts)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_carries_the_policy(name, client, wang):
    answer = sign_in(client, wang).get(reverse(name), follow=True)

    said = sorted(part.strip() for part in answer.headers["Content-Security-Policy"].split(";") if part.strip())
    assert answer.status_code == 200
    assert "; ".join(sorted(said, key=lambda part: (not part.startswith("default-src"), part))) == POLICY
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", [name for name in PAGES if name != "activities:list"])
def test_pages_of_someone_signed_in_stay_in_no_cache(name, client, wang):
    answer = sign_in(client, wang).get(reverse(name), follow=True)

    assert "no-store" in answer.headers["Cache-Control"]


def test_the_page_that_is_not_there_carries_the_policy_too(client, db):
    answer = client.get("/no/such/page/")

    assert answer.status_code == 404
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("what", INLINE)
def test_no_template_holds(what):
    found = [shown(path) for path in templates() if INLINE[what].search(path.read_text(encoding="utf-8"))]

    assert found == []


def test_every_template_compiles():
    engine = engines["django"]

    for path in templates():
        engine.from_string(path.read_text(encoding="utf-8"))


def test_text_is_called_safe_only_where_a_reason_stands():
    files = [shown(path) for path in PACKAGE.rglob("*.py") if "mark_safe(" in path.read_text(encoding="utf-8")]

    assert set(files) <= set(CALLED_SAFE)


def test_nothing_is_exempt_from_the_forms_token():
    files = [shown(path) for path in PACKAGE.rglob("*.py") if "csrf_exempt" in path.read_text(encoding="utf-8")]

    assert files == []


@pytest.mark.parametrize("name", ["accounts:sign_in", "accounts:number", "accounts:sign_out", "people:apply"])
def test_a_form_that_another_site_sends_is_refused(name, lin):
    client = sign_in(Client(enforce_csrf_checks=True), lin.person.user)

    answer = client.post(reverse(name), {"phone": "13800000001"})

    assert answer.status_code == 403
    assert client.session.get("_auth_user_id") == str(lin.person.user.pk)


@pytest.mark.parametrize(
    "text", ["\x00", "王" * 20_000, "'; DROP TABLE people_person; --", "<script>alert(1)</script>", "💊" * 500]
)
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("accounts:sign_in", "phone"),
        ("accounts:number", "number"),
        ("accounts:staff", "login_name"),
        ("people:apply", "name"),
        ("activities:list", "q"),
        ("people:desk", "q"),
    ],
)
def test_strange_input_is_answered_calmly(name, field, text, client, wang):
    if not name.startswith("accounts"):
        sign_in(client, wang)
    send = client.get if field == "q" else client.post

    answer = send(reverse(name), {field: text})

    assert answer.status_code < 500
    assert "<script>alert" not in answer.content.decode()


def test_a_nul_byte_in_an_address_is_answered_calmly(client, wang):
    answer = sign_in(client, wang).get("/desk/people/%00/")

    assert answer.status_code in (400, 404)


def test_a_name_that_is_markup_stays_text(client, wang, lin):
    lin.person.name = "<script>alert(1)</script>"
    lin.person.save()

    page = sign_in(client, wang).get(reverse("people:volunteer", args=[lin.number])).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_list_keeps_its_size_whatever_page_is_asked_for(client, wang):
    for page in ("0", "-1", "999999999999999999999", "x"):
        answer = sign_in(client, wang).get(reverse("people:desk"), {"page": page})

        assert answer.status_code < 500


def test_sign_in_leads_to_no_strangers_site(client, lin):
    answer = sign_in(client, lin.person.user).get(reverse("accounts:sign_in"), {"next": "https://example.org/"})

    assert "example.org" not in answer.headers.get("Location", "")


def test_nothing_of_a_person_reaches_the_logs(client, wang, lin, caplog, now_is):
    now_is(at("09:00"))
    sign_in(client, wang)

    client.get(reverse("people:volunteer", args=[lin.number]))
    client.post(reverse("accounts:number"), {"number": lin.number, "pin": "135790"})
    client.get("/desk/people/V999999/")

    assert "林晓" not in caplog.text
    assert "13800000001" not in caplog.text
    assert "135790" not in caplog.text


def test_cookies_of_production_travel_over_https_only():
    asked = """
from xinglin import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
      settings.SESSION_COOKIE_SAMESITE, settings.DEBUG, settings.SECURE_HSTS_SECONDS > 0)
"""
    sealing = base64.b64encode(secrets.token_bytes(32)).decode()
    production = os.environ | {
        "XINGLIN_MODE": "production",
        "XINGLIN_ALLOWED_HOSTS": "xinglin.example.org",
        "XINGLIN_SECRET_KEY": secrets.token_urlsafe(48),
        "XINGLIN_SEALING_KEY": sealing,
        "XINGLIN_SMS_SENDER": "none",
    }

    answer = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=production, capture_output=True, text=True, timeout=60, check=False
    )

    assert answer.stdout.split() == ["True", "True", "True", "Lax", "False", "True"], answer.stderr
