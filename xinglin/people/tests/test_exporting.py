"""Taking the list away: masked, for a reason, and only of one's own units."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest
import python_calamine
import xlsxwriter
from django.urls import reverse

from xinglin.audit.models import Entry
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import exporting
from xinglin.people.tests.factories import make_volunteer

pytestmark = pytest.mark.django_db
EXPORT = reverse("people:export")


@pytest.fixture
def desk(client, wang, sign_in):
    return sign_in(client, wang)


def rows_of(response):
    content = io.BytesIO(b"".join(response.streaming_content))
    return python_calamine.load_workbook(content).get_sheet_by_index(0).to_python()


def test_a_list_is_taken_away_masked_and_the_trail_says_why(desk, lin, blue):
    make_volunteer(unit=make_unit(name="别处的队"), name="黄丽")
    make_volunteer(unit=blue, name="=1+1", state="suspended", number="V0000099")

    headings, *rows = rows_of(desk.post(EXPORT, {"reason": "年度统计"}))

    assert len(headings) == 7
    assert [row[:4] for row in rows] == [
        [lin.number, "林晓", "蓝衣陪护队", "138****0001"],
        ["V0000099", "=1+1", "蓝衣陪护队", ""],
    ]
    entry = Entry.objects.get(verb="exported_people")
    assert (entry.reason, entry.facts) == ("年度统计", {"rows": 2, "narrowed_by": []})


def test_what_is_taken_away_is_what_the_list_was_narrowed_to(desk, lin, blue):
    make_volunteer(unit=blue, name="何苗", state="suspended")

    page = desk.get(EXPORT + "?state=suspended").content.decode()
    _headings, *rows = rows_of(desk.post(EXPORT + "?state=suspended&q=hemiao", {"reason": "回访"}))

    assert "会导出 1 人" in page
    assert [row[1] for row in rows] == ["何苗"]
    said = json.dumps(Entry.objects.get(verb="exported_people").facts)
    assert json.loads(said)["narrowed_by"] == ["state", "text"]
    assert "hemiao" not in said


def test_without_a_reason_or_anybody_there_is_no_file(desk, lin):
    no_reason = desk.post(EXPORT, {"reason": "  "})
    nobody = desk.post(EXPORT + "?q=没有这人", {"reason": "年度统计"})

    assert (no_reason.status_code, nobody.status_code) == (422, 422)
    assert "为什么要导出" in no_reason.content.decode()
    assert "没有可以导出的人" in nobody.content.decode()
    assert not Entry.objects.filter(verb="exported_people").exists()


def test_more_than_a_file_may_hold_is_refused_before_anything_is_made(desk, lin, blue, monkeypatch):
    make_volunteer(unit=blue, number="V0000099")
    monkeypatch.setattr(exporting, "MOST", 1)

    page = desk.post(EXPORT, {"reason": "年度统计"})

    assert page.status_code == 422
    assert "一次最多导出1人" in page.content.decode()
    assert not Entry.objects.filter(verb="exported_people").exists()


def test_rows_lie_meanwhile_in_a_folder_of_ones_own_that_goes(desk, lin, monkeypatch):
    folders = []

    class Watched(xlsxwriter.Workbook):
        def close(self):
            folder = Path(self.tmpdir)
            folders.append((folder, stat.S_IMODE(folder.stat().st_mode), len(list(folder.iterdir()))))
            super().close()

    monkeypatch.setattr(exporting.xlsxwriter, "Workbook", Watched)

    assert desk.post(EXPORT, {"reason": "年度统计"}).status_code == 200

    [(folder, mode, files)] = folders
    assert (mode, files > 0) == (0o700, True)
    assert not folder.exists()
