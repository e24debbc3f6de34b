"""The public log and the proofs, as pages."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from conftest import at, sign_in, staff
from xinglin.audit import actions as audit
from xinglin.audit import queries as log
from xinglin.audit.tests.factories import seal_in_this_transaction
from xinglin.lib.tlog import notes
from xinglin.timebank.tests.factories import credit
from xinglin.transparency.models import Recipient

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(lin) -> None:
    credit(lin.person, 120, key="record:A", reason="门诊导医")
    audit.record(actor=None, verb="tried", thing="thing:1", at=at("09:00"))
    seal_in_this_transaction(at=at("09:01"))


@pytest.fixture
def auditor(bureau, client) -> Client:
    return sign_in(client, staff(name="郑审", login_name="zheng", role="auditor", unit=bureau))


@pytest.fixture
def administrator(bureau) -> Client:
    return sign_in(Client(), staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau))


def test_a_visitor_reads_the_checkpoint_and_how_to_check_it(client, sealed, now_is):
    now_is(at("10:00"))

    page = client.get("/log/").content.decode()

    assert f"共 {log.latest().size} 条" in page
    assert "林晓" not in page
    assert log.key_lines()[0] in client.get("/log/how/").content.decode()


def test_an_empty_log_says_so(client):
    assert "还没有存证点" in client.get("/log/").content.decode()
    assert client.get("/log/how/").status_code == 200
    assert client.get("/log/checkpoint").status_code < 500


def test_the_checkpoint_is_text_that_can_be_read_and_checked(client, sealed):
    answer = client.get("/log/checkpoint")

    said = notes.read(answer.content.decode())
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert said.size == log.latest().size
    assert client.get(f"/log/checkpoint/{said.size}").content == answer.content


@pytest.mark.parametrize("address", ["/log/checkpoint/9999", "/log/consistency/9999/2", "/log/consistency/1/9999"])
def test_a_size_that_never_was_is_not_found(client, sealed, address):
    assert client.get(address).status_code == 404


def test_the_newer_before_the_older_is_refused(client, sealed):
    old = log.latest().size
    audit.record(actor=None, verb="tried", thing="thing:2", at=at("09:00"))
    new = seal_in_this_transaction(at=at("09:05")).size

    assert client.get(f"/log/consistency/{new}/{old}").status_code == 404
    assert json.loads(client.get(f"/log/consistency/{old}/{new}").content)["path"]


def test_the_checker_can_be_downloaded(client):
    answer = client.get("/log/verify_proof.py")

    assert b"RFC 9162" in answer.content
    assert "attachment" in answer["Content-Disposition"]


def test_a_member_sees_the_proof_of_a_line(client, lin, sealed):
    sign_in(client, lin.person.user)

    statement = client.get("/timebank/").content.decode()
    page = client.get("/me/proof/line/1/").content.decode()

    assert "/me/proof/line/1/" in statement
    assert "已经封存" in page
    assert "/me/proof/line/1/proof.json" in page


def test_a_line_that_is_not_sealed_yet_asks_to_wait(client, lin, sealed):
    credit(lin.person, 30, key="record:B")
    sign_in(client, lin.person.user)

    assert "还在封存" in client.get("/me/proof/line/2/").content.decode()
    assert client.get("/me/proof/line/2/proof.json").status_code == 404


def test_a_line_that_is_not_there_is_not_found(client, lin, sealed):
    sign_in(client, lin.person.user)

    assert client.get("/me/proof/line/77/").status_code == 404


def test_an_auditor_downloads_the_proof_of_any_transfer(auditor, sealed):
    bundle = json.loads(auditor.get("/desk/log/proof.json", {"key": "record:A"}).content)

    assert json.loads(bundle["leaf"])["key"] == "record:A"
    assert auditor.get("/desk/log/proof.json", {"key": "record:Z"}).status_code == 404


def test_the_administrator_names_an_office_and_takes_it_off(administrator, now_is):
    now_is(at("10:00"))

    administrator.post("/desk/log/recipients/add/", {"name": "瑞安市审计局", "address": "shenji@example.cn"})
    page = administrator.get("/desk/log/").content.decode()
    recipient = Recipient.objects.get()
    administrator.post(f"/desk/log/recipients/{recipient.code}/remove/")

    assert "瑞安市审计局" in page
    assert "sh***@example.cn" in page
    assert "shenji@example.cn" not in page
    recipient.refresh_from_db()
    assert recipient.removed_at == at("10:00")


def test_what_was_typed_wrong_is_not_lost(administrator):
    answer = administrator.post("/desk/log/recipients/add/", {"name": "瑞安市审计局", "address": ""})

    assert answer.status_code == 422
    assert "瑞安市审计局" in answer.content.decode()


def test_the_auditor_reads_the_list_and_changes_nothing(auditor):
    page = auditor.get("/desk/log/")

    assert page.status_code == 200
    assert "加一家" not in page.content.decode()
    assert auditor.post("/desk/log/recipients/add/", {"name": "a", "address": "a@b.cn"}).status_code == 403
