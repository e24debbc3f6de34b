"""The statement as a file: the same lines as the page, honour apart, and nobody else's."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from conftest import at, sign_in
from xinglin.hours import actions as hours
from xinglin.hours.tests.factories import make_record
from xinglin.timebank import actions, statement_files
from xinglin.timebank.rules import Service
from xinglin.timebank.tests.factories import credit


@pytest.fixture
def client_of_lin(client, lin, now_is):
    now_is(at("10:00"))
    return sign_in(client, lin.person.user, second_factor=False)


def served(person, minutes: int, *, days: int, key: str, reason: str = "门诊导医") -> None:
    actions.credit_service(
        services=[Service(person_id=person.pk, key=key, minutes=minutes, reason=reason, origin=key)],
        at=at("09:00", days=days),
    )


def rows_of(answer) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return book.get_sheet_by_index(0).to_python()


def facts_of(rows) -> dict[object, object]:
    """What stands above the table."""
    return {row[0]: row[1] for row in rows[:10]}


def test_the_sheet_adds_up(client_of_lin, lin):
    served(lin.person, 150, days=-3, key="record:A")
    actions.hold(
        person=lin.person, minutes=60, origin="voucher:A", reason="体检", expires_at=at("09:00", days=9), at=at("09:30")
    )

    rows = rows_of(client_of_lin.get(reverse("home:statement_sheet")))

    facts = facts_of(rows)
    assert (facts["姓名"], facts["志愿者编号"]) == ("林晓", "V000001")
    assert (facts["这段时间存入（分钟）"], facts["这段时间使用（分钟）"], facts["期末可用（分钟）"]) == (150, 60, 90)
    assert facts["现在冻结（分钟）"] == 60
    assert [(row[1], row[3], row[4], row[5]) for row in rows[-2:]] == [("门诊导医", 150, "", 150), ("体检", "", 60, 90)]


def test_a_period_begins_with_what_was_free_before_it(client_of_lin, lin):
    served(lin.person, 100, days=-40, key="record:OLD")
    served(lin.person, 50, days=-3, key="record:NEW")

    rows = rows_of(client_of_lin.get(reverse("home:statement_sheet"), {"since": "2026-11-01", "until": "2026-11-30"}))

    facts = facts_of(rows)
    assert (facts["期初可用（分钟）"], facts["这段时间存入（分钟）"], facts["期末可用（分钟）"]) == (100, 50, 150)
    assert facts["时间"] == "2026-11-01 – 2026-11-30"


def test_honour_stands_apart_and_is_not_lowered_by_using(client_of_lin, lin, blue):
    make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-3), provenance="team_entry")
    hours.make_effective(at=at("09:00"))

    facts = facts_of(rows_of(client_of_lin.get(reverse("home:statement_sheet"))))

    assert facts["荣誉时长（另算）（分钟）"] == 60
    assert facts["期末可用（分钟）"] == 0


def test_what_somebody_wrote_is_never_a_formula(client_of_lin, lin):
    served(lin.person, 30, days=-1, key="record:F", reason='=HYPERLINK("http://evil")')

    rows = rows_of(client_of_lin.get(reverse("home:statement_sheet")))

    assert rows[-1][1] == '=HYPERLINK("http://evil")'


def test_the_document_is_a_pdf_and_its_name_is_chinese(client_of_lin, lin):
    credit(lin.person, 150)

    answer = client_of_lin.get(reverse("home:statement_pdf"))

    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert "filename*=utf-8''%E6%97%B6%E9%97%B4%E9%93%B6%E8%A1%8C" in answer["Content-Disposition"]


def test_somebody_who_is_no_volunteer_gets_an_empty_file(client, zhao, now_is):
    now_is(at("10:00"))

    answer = sign_in(client, zhao).get(reverse("home:statement_pdf"))

    assert answer.content.startswith(b"%PDF-")


def test_too_much_for_one_file_is_said(client_of_lin, lin, monkeypatch):
    monkeypatch.setattr(statement_files, "MOST_ON_PAPER", 1)
    credit(lin.person, 10)
    credit(lin.person, 10)

    answer = client_of_lin.get(reverse("home:statement_pdf"))

    assert answer.status_code == 422
    assert "一份文件最多 1 笔" in answer.content.decode()
