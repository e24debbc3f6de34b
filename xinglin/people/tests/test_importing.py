"""Taking a roster in, from the bureau's real file down to a single line."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from xinglin.accounts import queries as accounts
from xinglin.accounts.models import User
from xinglin.accounts.vault import vault
from xinglin.audit.models import Entry
from xinglin.lib import sheets
from xinglin.organisation.models import Policy, Role
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import importing, queries
from xinglin.people.models import Agreement, Consent, Membership, Person, Volunteer
from xinglin.people.tests.factories import make_application, make_id_number, make_person, make_user, make_volunteer

RUIAN = Path(settings.BASE_DIR) / "demo" / "ruian" / "roster.xlsx"
HEADINGS = ["姓名", "证件号码", "手机号", "队伍", "性别"]


@pytest.fixture
def team(blue):
    return blue


def make_roster(path, *rows, headings=HEADINGS):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "名册")
        for number, row in enumerate([headings, *rows], start=1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return path


@pytest.fixture
def take_in(tmp_path, at):
    """Import lines as if they were the rows of a file; rows are numbered from 3."""

    def _take_in(*rows, **options):
        table = importing.read_roster(make_roster(tmp_path / "roster.xlsx", *rows))
        return importing.import_roster(table=table, at=at("09:00"), **options)

    return _take_in


# The bureau's file ------------------------------------------------------------------------------------------------


def _units_of_ruian():
    root = make_unit(name="瑞安市卫生健康局", kind="bureau")
    table = importing.read_roster(RUIAN)
    for name in sorted({str(line.cells["所属队伍"]) for line in table.lines} - {"没有的队"}):
        make_unit(name=name, parent=root)
    return table


EXPECTED_BACK = {
    "wrong_check_digit": [40, 1440, 2840, 4240],
    "wrong_document_length": [600, 2000, 3400, 4800],
    "short_phone": [180, 1580, 2980, 4380],
    "unknown_unit": [320, 1720, 3120, 4520],
    "no_name": [460, 1860, 3260, 4660],
    "sex_contradicts_document": [1020, 2420, 3820, 5220, 5360],
    "document_contradicts": [1160, 2560, 2700, 3960, 4100, 5360, 5500],
}


@pytest.mark.django_db
def test_exactly_the_right_lines_of_the_bureau_s_roster_come_in(at, tmp_path, django_assert_max_num_queries):
    table = _units_of_ruian()

    with django_assert_max_num_queries(60):  # batches of two thousand, not a query a line
        outcome = importing.import_roster(table=table, at=at("09:00"))

    rows = {
        code: sorted(number for number, why in outcome.back.items() if code in why.codes.values())
        for code in outcome.per_reason
    }
    assert rows == EXPECTED_BACK
    assert (outcome.lines, outcome.persons, outcome.memberships, len(outcome.back)) == (5600, 5569, 5569, 31)
    assert Person.objects.count() == Volunteer.objects.count() == User.objects.count() == 5569
    assert Membership.objects.count() == Role.objects.filter(name="volunteer").count() == 5569
    assert (Agreement.objects.count(), Consent.objects.count()) == (0, 0)  # nobody agreed by being on a list

    again = importing.import_roster(table=table, at=at("10:00"))

    assert (again.persons, again.memberships, again.already) == (0, 0, 5569)
    assert again.back.keys() == outcome.back.keys()
    assert Entry.objects.filter(verb="imported_roster").count() == 1

    importing.write_back(tmp_path / "back.xlsx", table, outcome)
    back = sheets.read(tmp_path / "back.xlsx", importing.roster.COLUMNS)
    assert len(back.lines) == 31
    assert back.headings == [*table.headings, "原因"]


# Single lines -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_line_becomes_a_volunteer_with_an_account(take_in, team):
    number = make_id_number()

    take_in(["林晓", number, "１３８０００００００９", team.name, "女"])

    volunteer = Volunteer.objects.get()
    user = accounts.by_phone("13800000009")
    assert user.login_name == volunteer.number
    assert queries.teams_of(volunteer) == [team]
    assert volunteer.number.startswith("V")
    assert len(volunteer.number) == 8
    assert vault().open(volunteer.person.id_sealed, purpose="person.id_number") == number
    assert number.encode() not in bytes(volunteer.person.id_sealed)


@pytest.mark.django_db
def test_the_same_person_in_a_second_team_joins_it(take_in, team):
    other, number = make_unit(), make_id_number()

    outcome = take_in(["林晓", number, "13800000009", team.name, "女"], ["林晓", number, "13800000009", other.name, ""])

    assert (outcome.persons, outcome.memberships, outcome.back) == (1, 2, {})
    assert queries.teams_of(Volunteer.objects.get()) == [team, other]


@pytest.mark.django_db
def test_a_volunteer_of_the_house_joins_a_second_team(take_in, team):
    other, number = make_unit(), make_id_number()
    take_in(["林晓", number, "13800000009", team.name, "女"])

    outcome = take_in(["林晓", number, "13800000009", other.name, "女"])

    assert (outcome.persons, outcome.memberships) == (0, 1)
    assert Volunteer.objects.get().person.user.roles.count() == 2


@pytest.mark.django_db
def test_the_same_line_twice_in_one_file_is_one_person(take_in, team):
    row = ["林晓", make_id_number(), "13800000009", team.name, "女"]

    outcome = take_in(row, row)

    assert (outcome.persons, outcome.memberships, outcome.already, outcome.back) == (1, 1, 1, {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "phone", "column"), [("王敏", "13800000009", "姓名"), ("林晓", "13800000008", "手机号码")]
)
def test_a_later_line_that_contradicts_names_the_earlier_one(take_in, team, name, phone, column):
    number = make_id_number()

    outcome = take_in(["林晓", number, "13800000009", team.name, "女"], [name, number, phone, team.name, "女"])

    assert set(outcome.back) == {4}
    assert "第3行" in outcome.back[4].said[column]
    assert column in outcome.back[4].said["证件号码"]


@pytest.mark.django_db
def test_a_line_that_contradicts_the_house_names_the_number_and_no_name(take_in, team):
    number = make_id_number()
    take_in(["林晓", number, "13800000009", team.name, "女"])

    outcome = take_in(["王敏", number, "13800000008", team.name, "女"])

    said = outcome.back[3].said["证件号码"]
    assert Volunteer.objects.get().number in said
    assert "林晓" not in said


@pytest.mark.django_db
def test_one_phone_belongs_to_one_person(take_in, team):
    make_user(phone="13800000009")

    outcome = take_in(
        ["林晓", make_id_number(), "13800000009", team.name, "女"],
        ["王敏", make_id_number(), "13800000008", team.name, "女"],
        ["赵岩", make_id_number(), "13800000008", team.name, "女"],
    )

    assert {line: set(why.codes.values()) for line, why in outcome.back.items()} == {
        3: {"phone_of_another"},
        5: {"phone_of_another"},
    }
    assert "第4行" in outcome.back[5].said["手机号码"]


@pytest.mark.django_db
def test_an_import_decides_no_application_and_calls_nobody_back(take_in, team):
    applied, left = make_id_number(), make_id_number()
    make_application(person=make_person(name="沈佳", id_number=applied), unit=team)
    gone = make_volunteer(unit=team, name="黄丽", state="left")
    Person.objects.filter(pk=gone.person_id).update(id_blind=vault().blind(f"01:{left}", purpose="person.id_number"))

    outcome = take_in(["沈佳", applied, "", team.name, ""], ["黄丽", left, "", team.name, ""])

    assert [set(why.codes.values()) for why in outcome.back.values()] == [{"has_applied"}, {"has_left"}]


WITH_BIRTHDAY = ["姓名", "证件类型", "证件号码", "出生日期", "队伍"]


@pytest.fixture
def take_in_children(tmp_path, at):
    def _take_in(*rows, **options):
        table = importing.read_roster(make_roster(tmp_path / "children.xlsx", *rows, headings=WITH_BIRTHDAY))
        return importing.import_roster(table=table, at=at("09:00"), **options)

    return _take_in


@pytest.mark.django_db
def test_a_passport_comes_in_with_the_birthday_of_its_column(take_in_children, team):
    outcome = take_in_children(
        ["艾米", "护照", "E12345678", "2017-03-02", team.name], ["乐乐", "护照", "E12345679", "", team.name]
    )

    assert Person.objects.get().born_on == dt.date(2017, 3, 2)
    assert outcome.per_reason == {"no_birthday": 1}


@pytest.mark.django_db
def test_nobody_below_the_unit_s_lowest_age_comes_in_by_a_list(take_in_children, team, at):
    Policy.objects.create(unit=team, name="lowest_age", value=8, starts_at=at("08:00"))
    other, seven, eight = make_unit(), dt.date(2018, 11, 25), dt.date(2018, 11, 24)  # at("09:00") is 24 November 2026
    rows = [
        ["安安", "身份证", make_id_number(born_on=seven), "", team.name],
        ["贝贝", "护照", "E12345678", seven.isoformat(), team.name],
        ["晨晨", "身份证", make_id_number(born_on=eight), "", team.name],
        ["冬冬", "身份证", make_id_number(born_on=seven), "", other.name],
    ]

    dry, outcome = take_in_children(*rows, dry_run=True), take_in_children(*rows)

    assert {line: why.codes for line, why in outcome.back.items()} == {
        3: {"证件号码": "too_young"},
        4: {"出生日期": "too_young"},
    }
    assert dry.back.keys() == outcome.back.keys()
    assert "8 岁" in outcome.back[3].said["证件号码"]
    assert set(Person.objects.values_list("name", flat=True)) == {"晨晨", "冬冬"}


@pytest.mark.django_db
def test_one_passport_has_one_birthday(take_in_children, team):
    outcome = take_in_children(
        ["艾米", "护照", "E12345678", "1990-05-17", team.name], ["艾米", "护照", "E12345678", "2017-03-02", team.name]
    )

    assert outcome.back[4].codes == {"证件号码": "document_contradicts", "出生日期": "document_contradicts"}


@pytest.mark.django_db
def test_a_dry_run_writes_nothing(take_in, team):
    outcome = take_in(["林晓", make_id_number(), "13800000009", team.name, "女"], dry_run=True)

    assert outcome.persons == 1
    assert not Volunteer.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_crash_in_the_middle_leaves_nothing_half(take_in, team, monkeypatch):
    def crash(*_args, **_options):
        raise RuntimeError("the power went")

    monkeypatch.setattr(importing, "add_memberships", crash)

    with pytest.raises(RuntimeError), transaction.atomic():
        take_in(["林晓", make_id_number(), "13800000009", team.name, "女"])

    assert not User.objects.exists()


@pytest.mark.django_db
def test_what_an_earlier_chunk_brought_is_known_to_the_next(take_in, team, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    number = make_id_number()
    rows = [["林晓", number, "13800000009", team.name, "女"], ["林晓", number, "13800000009", team.name, "女"]]
    rows.append(["王敏", make_id_number(), "13800000009", team.name, "女"])

    dry, wet = take_in(*rows, dry_run=True), take_in(*rows)

    for outcome in (dry, wet):
        assert (outcome.persons, outcome.memberships, outcome.already) == (1, 1, 1)
        assert outcome.per_reason == {"phone_of_another": 1}


@pytest.mark.django_db
def test_a_coordinator_brings_people_into_their_own_units_only(tmp_path, at, team):
    other = make_unit(name="别处的队")
    rows = [["林晓", make_id_number(), "", unit.name, "女"] for unit in (team, other)]
    table = importing.read_roster(make_roster(tmp_path / "roster.xlsx", *rows))

    desk = importing.desk_of(at=at("09:00"), reach=[team.pk])

    [chunk] = importing.looked_at_chunks(table, desk)
    outcome = importing.take_in_chunk(chunk, desk)

    assert outcome.persons == 1
    assert outcome.per_reason == {"unit_of_another": 1}
    assert queries.teams_of(Volunteer.objects.get()) == [team]


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_table_saved_as_text_comes_in_like_a_workbook(tmp_path, at, team, encoding):
    good, bad = f"林晓,{make_id_number()},１３８００００００09,{team.name},女", "王敏,3.30381E+17,,,"
    lines = [",".join(HEADINGS), good, ",,,,", bad]
    (tmp_path / "roster.csv").write_bytes("\r\n".join(lines).encode(encoding))

    outcome = importing.import_roster(table=importing.open_roster(tmp_path / "roster.csv"), at=at("09:00"))

    assert (outcome.lines, outcome.persons) == (2, 1)
    assert outcome.back[4].codes["证件号码"] == "document_spoilt_by_sheet"
    assert Person.objects.get().name == "林晓"


@pytest.mark.django_db
def test_what_a_cell_may_hold_reaches_the_row_as_it_was(take_in, team):
    take_in(["阿\\卜·a\\Nb", make_id_number(), "", team.name, "女"])

    assert Person.objects.get().name == "阿\\卜·a\\Nb"


@pytest.mark.django_db
def test_demo_people_are_marked(take_in, team):
    take_in(["林晓", make_id_number(), "13800000009", team.name, "女"], is_demo=True)

    assert User.objects.get().is_demo


# The command ------------------------------------------------------------------------------------------------------


def run(*arguments):
    said = io.StringIO()
    call_command("import_roster", *map(str, arguments), stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_the_command_tells_counts_and_row_numbers_and_no_names(tmp_path, team):
    number = make_id_number()
    path = make_roster(
        tmp_path / "a.xlsx",
        ["林晓", number, "13800000009", team.name, "女"],
        ["沈佳玉", number, "1380000", team.name, "女"],
    )

    said = run(path, "--bad-rows", tmp_path / "back.xlsx")

    assert "新增 1 人" in said
    assert "手机号码少位 1：第 4 行" in said
    assert not any(secret in said for secret in ("林晓", "沈佳玉", number, "13800000009"))
    assert len(sheets.read(tmp_path / "back.xlsx", importing.roster.COLUMNS).lines) == 1
    assert "什么都没有改动" in run(path)


@pytest.mark.django_db
def test_every_reason_has_words_for_the_terminal():
    from xinglin.people.words import REASONS

    source = "".join(
        (Path(importing.__file__).parent / name).read_text() for name in ("roster.py", "documents.py", "comparing.py")
    )
    assert {code for code in REASONS if f'"{code}"' not in source and not code.startswith("unknown_")} == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"not a workbook", "打不开"), (b"", "打不开"), (None, "没有找到")],
)
def test_what_is_no_roster_is_answered_with_a_sentence(tmp_path, content, sentence):
    if content is not None:
        (tmp_path / "a.xlsx").write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        run(tmp_path / "a.xlsx")


@pytest.mark.django_db
def test_a_missing_heading_is_named(tmp_path):
    path = make_roster(tmp_path / "a.xlsx", ["林晓", "x"], headings=["姓名", "证件号码"])

    with pytest.raises(CommandError, match="所属队伍"):
        run(path)


def test_the_readme_beside_the_file_tells_the_same_numbers():
    said = (RUIAN.parent / "README.md").read_text(encoding="utf-8")

    assert "5,569 persons" in said
    assert "31 lines" in said
    assert json.loads((RUIAN.parent / "units.json").read_text(encoding="utf-8"))
