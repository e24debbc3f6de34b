"""Mail goes out over a real socket, to a server that remembers what it was handed."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from xinglin.lib.channels.mail import Mail, PrintedMail, SmtpSender
from xinglin.lib.channels.sms import NotSent
from xinglin.lib.channels.tests.smtp_server import MailServer

NOTE = "hospital.example/log\n8\nAAEC\n\n— hospital.example/log AAAA\n"
MAIL = Mail(
    key="8F3KQ2TM-8-2026-11-24",
    to="shenji@example.cn",
    subject="瑞安市时间银行存证点",
    text="您好：\n请保存。\n.\n以点开头的行",
    attachments={"checkpoint.txt": NOTE, "consistency.json": '{"path": []}\n'},
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.close()


def sender(server: MailServer, user: str = "") -> SmtpSender:
    url = f"smtp://{user}{server.address}"
    return SmtpSender(url=url, password="secret", from_="bank@example.cn", timeout_s=5)


def test_a_mail_arrives_with_its_text_and_attachments_unchanged(server):
    sender(server).send(MAIL)

    [mail] = server.received
    assert server.recipients == ["shenji@example.cn"]
    assert (mail["To"], mail["From"], mail["Subject"]) == ("shenji@example.cn", "bank@example.cn", MAIL.subject)
    assert mail["Message-ID"] == "<8F3KQ2TM-8-2026-11-24@example.cn>"
    assert mail.get_body().get_content().splitlines() == MAIL.text.splitlines()
    files = {part.get_filename(): part.get_payload(decode=True).decode() for part in mail.iter_attachments()}
    assert files == MAIL.attachments


def test_who_has_a_password_shows_it(server):
    sender(server, "bank@").send(MAIL)

    assert server.passwords == ["secret"]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_what_the_server_refuses_is_told_without_the_address(verb):
    server = MailServer(refuses=verb)

    with pytest.raises(NotSent) as refused:
        sender(server).send(MAIL)

    server.close()
    assert "shenji" not in refused.value.reason
    assert server.received == []


@pytest.mark.parametrize("farewell", ["421 too many of you", "250 fine", "nothing like it"])
def test_mail_that_was_taken_is_sent_whatever_the_server_says_at_the_end(farewell):
    server = MailServer(farewell=farewell)

    sender(server).send(MAIL)

    server.close()
    assert len(server.received) == 1


def test_what_was_refused_for_good_stays_refused_whatever_the_server_says_at_the_end():
    server = MailServer(refuses="RCPT", farewell="421 too many of you")

    with pytest.raises(NotSent, match="SMTP 550: address refused") as refused:
        sender(server).send(MAIL)

    server.close()
    assert refused.value.is_final


def test_a_server_that_is_not_there_is_told():
    server = MailServer()
    server.close()

    with pytest.raises(NotSent, match="ConnectionRefusedError"):
        sender(server).send(MAIL)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_nothing_is_said_to_a_server_without_the_promised_tls(server, scheme):
    sender = SmtpSender(url=f"{scheme}://bank@{server.address}", password="secret", from_="a@b.cn", timeout_s=1)

    with pytest.raises(NotSent):
        sender.send(MAIL)

    assert (server.received, server.passwords) == ([], [])


def test_for_trying_out_a_mail_is_only_said():
    terminal = io.StringIO()

    PrintedMail(terminal).send(MAIL)

    assert "瑞安市时间银行存证点" in terminal.getvalue()
    assert "shenji" not in terminal.getvalue()
