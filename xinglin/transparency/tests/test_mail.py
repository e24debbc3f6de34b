"""Each day's checkpoint goes to those who keep it: once a day, tried again when it did not arrive."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from conftest import at, staff
from xinglin.audit import actions as audit
from xinglin.audit.models import Entry
from xinglin.audit.tests.factories import seal_in_this_transaction
from xinglin.lib.channels.mail import SmtpSender
from xinglin.lib.channels.tests.smtp_server import MailServer
from xinglin.transparency import actions, jobs, queries, rules
from xinglin.transparency.errors import AlreadyReceives, BadAddress, NoSuchRecipient, TooManyRecipients
from xinglin.transparency.models import Recipient

pytestmark = pytest.mark.django_db

HOW = "https://zyz.example.cn/log/how/"


@pytest.fixture
def administrator(bureau):
    return staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


def sealed(count: int, *, hour: str) -> None:
    for number in range(count):
        audit.record(actor=None, verb="tried", thing=f"thing:{number}", at=at(hour))
    seal_in_this_transaction(at=at(hour))


def office(by, address: str = "shenji@example.cn", name: str = "瑞安市审计局") -> Recipient:
    return actions.add_recipient(name=name, address=address, by=by, at=at("08:00"))


def mailed(server: MailServer, hour: str, *, days: int = 0) -> tuple[int, int]:
    sender = SmtpSender(url=f"smtp://{server.address}", password="", from_="bank@example.cn", timeout_s=5)
    return actions.mail_checkpoint(sender=sender, how=HOW, at=at(hour, days=days))


def test_an_office_gets_the_checkpoint_in_the_morning(administrator, server):
    office(administrator)
    sealed(3, hour="08:30")

    assert mailed(server, "09:10") == (1, 0)

    [mail] = server.received
    files = {part.get_filename(): part.get_payload(decode=True).decode() for part in mail.iter_attachments()}
    assert files == {"checkpoint.txt": queries.log.latest().note}
    assert HOW in mail.get_body().get_content()
    assert Entry.objects.get(verb="mailed_checkpoint").facts["sent"] == 1


def test_the_next_day_it_comes_with_the_proof_that_it_continues_the_last_one(administrator, server):
    office(administrator)
    sealed(3, hour="08:30")
    mailed(server, "09:10")
    sealed(2, hour="20:00")

    mailed(server, "09:10", days=1)

    files = {
        part.get_filename(): part.get_payload(decode=True).decode() for part in server.received[1].iter_attachments()
    }
    growth = json.loads(files["consistency.json"])
    assert growth["new"] == files["checkpoint.txt"]
    first = server.received[0].get_body().get_content()
    assert growth["old"].splitlines()[2] in first


def test_the_same_day_it_comes_once(administrator, server):
    office(administrator)
    sealed(1, hour="08:30")
    mailed(server, "09:10")

    assert mailed(server, "10:10") == (0, 0)

    assert len(server.received) == 1


def test_nobody_is_mailed_at_night(administrator, server):
    office(administrator)
    sealed(1, hour="08:30")

    assert mailed(server, "08:59") == (0, 0)


def test_before_the_first_checkpoint_nothing_goes_out(administrator, server):
    office(administrator)

    assert mailed(server, "09:10") == (0, 0)


def test_what_did_not_arrive_is_written_down_and_tried_again(administrator, server):
    recipient = office(administrator)
    sealed(1, hour="08:30")
    broken = MailServer(refuses="RCPT")

    assert mailed(broken, "09:10") == (0, 1)
    broken.close()
    recipient.refresh_from_db()
    assert recipient.last_trouble.startswith("SMTP 550")

    assert mailed(server, "10:10") == (1, 0)
    recipient.refresh_from_db()
    assert (recipient.last_trouble, recipient.last_sent_at) == ("", at("10:10"))


def test_one_who_is_not_reached_keeps_no_other_from_it(administrator, server, monkeypatch):
    office(administrator, "a@example.cn")
    office(administrator, "b@example.cn")
    sealed(1, hour="08:30")
    send = SmtpSender.send
    monkeypatch.setattr(SmtpSender, "send", lambda self, mail: send(self, mail) if mail.to[0] == "b" else _not_sent())

    assert mailed(server, "09:10") == (1, 1)

    assert server.recipients == ["b@example.cn"]


def _not_sent() -> None:
    raise actions.NotSent("SMTP 451")


def test_who_was_taken_off_gets_nothing_more(administrator, server):
    recipient = office(administrator)
    sealed(1, hour="08:30")

    actions.remove_recipient(code=recipient.code, by=administrator, at=at("08:45"))

    assert mailed(server, "09:10") == (0, 0)
    with pytest.raises(NoSuchRecipient):
        actions.remove_recipient(code=recipient.code, by=administrator, at=at("08:46"))


def test_an_address_is_kept_sealed_and_stands_in_no_entry(administrator):
    recipient = office(administrator)

    assert b"shenji" not in bytes(recipient.address_sealed)
    assert queries.address_of(recipient) == "shenji@example.cn"
    assert queries.masked_address_of(recipient) == "sh***@example.cn"
    assert not Entry.objects.filter(facts__icontains="shenji").exists()


def test_an_address_stands_once_on_the_list(administrator):
    office(administrator)

    with pytest.raises(AlreadyReceives):
        office(administrator, "shenji@EXAMPLE.cn")


def test_the_list_has_an_end(administrator, monkeypatch):
    monkeypatch.setattr(rules, "MOST_RECIPIENTS", 1)
    office(administrator)

    with pytest.raises(TooManyRecipients):
        office(administrator, "b@example.cn")


@pytest.mark.parametrize("text", ["", "a", "a@b", "a b@c.cn", "a@c.cn\nBcc: x@y.cn", "a@c..cn", "<a@c.cn>", "审计@c"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadAddress):
        rules.address_of(text)


def test_the_job_sends_by_the_settings(administrator, server, settings, now_is):
    settings.MAIL_SERVER, settings.MAIL_FROM = f"smtp://{server.address}", "bank@example.cn"
    office(administrator)
    sealed(1, hour="08:30")
    now_is(at("09:10"))

    assert jobs.mail_checkpoint(timestamp=0) == 1
    assert "/log/how/" in server.received[0].get_body().get_content()


def test_without_a_mail_server_nothing_is_sent(administrator, settings, now_is):
    settings.MAIL_SERVER = ""
    office(administrator)
    sealed(1, hour="08:30")
    now_is(at("09:10"))

    assert jobs.mail_checkpoint(timestamp=0) == 0
    assert Recipient.objects.get().last_sent_at is None
