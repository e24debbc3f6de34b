"""Spreadsheets as people send them."""

from __future__ import annotations

import datetime as dt
import stat
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from xinglin.lib import sheets
from xinglin.lib.sheets import Column

COLUMNS = [Column("姓名"), Column("电话", ("手机号码", "手机号")), Column("备注", required=False)]


def make_book(path, *pages):
    with xlsxwriter.Workbook(path) as book:
        for rows in pages:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if cell != "":
                        sheet.write(number, place, cell)
    return path


def test_headings_are_found_under_a_title_in_any_order_with_blank_columns(tmp_path):
    book = make_book(tmp_path / "a.xlsx", [["名册"], [], ["手机号（必填）", "", " 姓 名*"], ["139", "", "林晓"]])

    table = sheets.read(book, COLUMNS)

    assert table.title == "名册"
    assert [(line.number, dict(line.cells)) for line in table.lines] == [(4, {"电话": "139", "姓名": "林晓"})]


def test_a_sheet_before_it_that_holds_something_else_is_passed_over(tmp_path):
    book = make_book(tmp_path / "a.xlsx", [["说明"], ["请按格式填"]], [["姓名", "电话"], ["林晓", "139"]])

    assert len(sheets.read(book, COLUMNS).lines) == 1


def test_blank_lines_are_no_lines(tmp_path):
    book = make_book(tmp_path / "a.xlsx", [["姓名", "电话"], ["林晓", "139"], [" ", "　"], ["王敏", "138"]])

    assert [line.number for line in sheets.read(book, COLUMNS).lines] == [2, 4]


@pytest.mark.parametrize(
    ("content", "refusal"), [(b"", sheets.NotASpreadsheet), (b"PK\x03\x04 no", sheets.NotASpreadsheet)]
)
def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(tmp_path, content, refusal):
    (tmp_path / "a.xlsx").write_bytes(content)

    with pytest.raises(refusal):
        sheets.read(tmp_path / "a.xlsx", COLUMNS)


def test_an_empty_sheet_and_one_without_lines_are_called_empty(tmp_path):
    for rows in ([], [["姓名", "电话"]]):
        with pytest.raises(sheets.SpreadsheetEmpty):
            sheets.read(make_book(tmp_path / "a.xlsx", rows), COLUMNS)


def test_missing_headings_are_named(tmp_path):
    book = make_book(tmp_path / "a.xlsx", [["姓名", "别的"], ["林晓", "x"]])

    with pytest.raises(sheets.HeadingMissing) as refused:
        sheets.read(book, COLUMNS)

    assert "电话" in str(refused.value)
    assert "姓名" not in str(refused.value)


def test_one_column_under_two_names_is_refused(tmp_path):
    book = make_book(tmp_path / "a.xlsx", [["姓名", "电话", "手机号"], ["林晓", "1", "2"]])

    with pytest.raises(sheets.HeadingTwice):
        sheets.read(book, COLUMNS)


def test_a_small_archive_that_unpacks_to_much_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_UNPACKED_BYTES", 1000)
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2000)

    with pytest.raises(sheets.SpreadsheetTooLarge):
        sheets.read(tmp_path / "a.xlsx", COLUMNS)


def test_bad_lines_go_back_in_their_columns_and_can_be_read_again(tmp_path):
    rows = [["名册"], ["电话", "旧编号", "姓名"], ["'139", "7", "林晓"], ["138", "8", ""]]
    table = sheets.read(make_book(tmp_path / "a.xlsx", rows), COLUMNS)

    sheets.write_back(tmp_path / "back.xlsx", table, {4: {"姓名": "姓名没有填"}})

    again = sheets.read(tmp_path / "back.xlsx", COLUMNS)
    assert again.headings == ["电话", "旧编号", "姓名", "原因"]
    assert again.lines[0].raw == ["138", "8", "", "原第4行：姓名没有填"]
    assert stat.S_IMODE((tmp_path / "back.xlsx").stat().st_mode) == 0o600


def test_a_file_sent_back_twice_has_one_column_of_reasons(tmp_path):
    table = sheets.read(make_book(tmp_path / "a.xlsx", [["姓名", "电话"], ["", "138"]]), COLUMNS)
    sheets.write_back(tmp_path / "b.xlsx", table, {2: {"姓名": "姓名没有填"}})

    once = sheets.read(tmp_path / "b.xlsx", COLUMNS)
    sheets.write_back(tmp_path / "c.xlsx", once, {2: {"姓名": "还是没有填"}})

    assert sheets.read(tmp_path / "c.xlsx", COLUMNS).headings == ["姓名", "电话", "原因"]


@pytest.mark.parametrize(
    "written",
    [
        "2019-03-05",
        "2019/3/5",
        "2019年3月5号",
        "２０１９年３月５日",
        "2019.3.5",
        "20190305",
        43529.0,
        dt.date(2019, 3, 5),
    ],
)
def test_a_day_is_read_however_people_write_it(written):
    assert sheets.read_day(written) == dt.date(2019, 3, 5)


@pytest.mark.parametrize("written", ["2019-02-30", "去年", "", 3.0, "2019-3"])
def test_what_is_no_day_is_said_so(written):
    with pytest.raises(sheets.UnreadableError):
        sheets.read_day(written)


@given(st.dates(min_value=dt.date(1930, 1, 1), max_value=dt.date(2090, 1, 1)))
def test_every_day_survives_being_written_in_words(day):
    assert sheets.read_day(f"{day.year}年{day.month}月{day.day}号") == day


@given(st.text())
def test_folding_twice_is_folding_once(text):
    once = sheets.folded(text)

    assert sheets.folded(once) == once


def rewritten(path, old, new):
    """The same workbook with other bytes in its first sheet: what no honest program writes, but somebody may send."""
    odd = path.with_name(f"odd-{path.name}")
    with zipfile.ZipFile(path) as honest, zipfile.ZipFile(odd, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in honest.namelist():
            archive.writestr(name, honest.read(name).replace(old, new))
    return odd


@pytest.mark.parametrize("far", [(1_048_575, 16_383), (1_048_575, 30), (5_000, 16_000)])
def test_a_forgotten_cell_far_away_is_named_and_fills_no_memory(tmp_path, far):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "电话"])
        sheet.write_row(1, 0, ["林晓", "139"])
        sheet.write(*far, "x")

    with pytest.raises(sheets.SpreadsheetTooSparse) as refused:
        sheets.read(tmp_path / "a.xlsx", COLUMNS)

    assert str(far[0] + 1) in str(refused.value)


def test_a_long_roster_is_not_far_away(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["姓名", "电话"], *[["林晓", "139"]] * 120_000]):
            sheet.write_row(number, 0, row)

    assert len(sheets.read(tmp_path / "a.xlsx", COLUMNS).lines) == 120_000


def test_characters_that_nobody_typed_become_blanks():
    assert sheets.folded("林\x00晓\x0b\x7f") == "林 晓"


def test_a_line_with_an_odd_cell_still_goes_back_with_its_reason(tmp_path):
    book = make_book(tmp_path / "a.xlsx", [["姓名", "电话", "备注"], ["林晓", "LONG", 7.25]])
    book = rewritten(rewritten(book, b"<v>7.25</v>", b"<v>1e999</v>"), b"LONG", b"9" * 40_000)
    table, back = sheets.read(book, COLUMNS), tmp_path / "back.xlsx"

    sheets.write_back(back, table, {2: {"电话": "没有“" + "9" * 40_000 + "”"}})

    [line] = sheets.read(back, COLUMNS).lines
    assert (line.cells["姓名"], line.cells["备注"]) == ("林晓", "inf")
    assert str(line.raw[-1]).startswith("原第2行")
