"""The desk's pages of rosters: uploading, looking, importing, taking the bad lines back."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from xinglin.accounts.vault import vault
from xinglin.lib import sheets
from xinglin.lib.crypto import Vault
from xinglin.people import roster, rosters
from xinglin.people.models import Roster, Volunteer
from xinglin.people.tests.factories import make_checked_roster, make_id_number, make_workbook

pytestmark = pytest.mark.django_db
UPLOAD = reverse("people:imports")


@pytest.fixture
def desk(client, wang, sign_in):
    return sign_in(client, wang)


@pytest.fixture
def checked(wang, blue, at):
    wang.has_second_factor = True
    return make_checked_roster(unit=blue, by=wang, at=at("09:00"))


def uploaded(client, content, name="名册.xlsx"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_a_file_is_uploaded_and_its_first_lines_are_shown_with_masked_numbers(desk, blue):
    number = make_id_number()

    page = uploaded(desk, make_workbook(["周杰", number, "13800000009", blue.name, "女"])).content.decode()

    assert "正在检查" in page
    assert "周杰" in page
    assert "138****0009" in page
    assert number not in page
    assert "13800000009" not in page


def test_text_in_gb_18030_is_uploaded_as_well(desk, blue):
    lines = f"姓名,身份证号,队伍\r\n周杰,{make_id_number()},{blue.name}\r\n"

    page = uploaded(desk, lines.encode("gb18030"), "名册.csv").content.decode()

    assert "周杰" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"nothing of the kind", "打不开"),
        (make_workbook(["林晓", "x"], headings=["姓名", "证件号码"]), "所属队伍"),
        (make_workbook(headings=["姓名", "证件号码", "所属队伍"]), "还没有内容"),
        (b"", "空的"),
    ],
)
def test_what_is_no_roster_is_said_at_the_field(desk, content, sentence):
    response = uploaded(desk, content)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Roster.objects.exists()


def test_nothing_chosen_is_said_kindly(desk):
    assert "请选一个文件" in desk.post(UPLOAD).content.decode()


def test_what_would_come_is_shown_and_then_imported(desk, checked, at):
    page = desk.get(reverse("people:import", args=[checked.code])).content.decode()
    assert "会新增" in page
    assert "身份证号码不是 18 位" in page
    assert "第几行" in page

    page = desk.post(reverse("people:begin_import", args=[checked.code]), follow=True).content.decode()
    assert "正在导入" in page
    assert "0 / 2 行" in page

    rosters.take_in(code=checked.code, at=at("09:05"))
    page = desk.get(reverse("people:import", args=[checked.code])).content.decode()
    assert "已导入" in page
    assert Volunteer.objects.filter(person__name="周杰").exists()


def test_the_lines_that_go_back_come_as_a_workbook(desk, checked):
    response = desk.get(reverse("people:import_back", args=[checked.code]))

    back = sheets.stream_of(response.content, roster.COLUMNS)
    assert "attachment" in response["Content-Disposition"]
    assert response["Cache-Control"] == "no-store"
    assert [row[0] for _number, row in back.filled_lines()] == ["吴磊"]
    assert list(back.headings)[-1] == "原因"


def test_an_empty_roster_can_be_filled_in(desk):
    content = desk.get(reverse("people:blank_roster")).content

    assert set(sheets.stream_of(content, roster.COLUMNS).places) == {column.name for column in roster.COLUMNS}


def test_a_roster_that_is_not_wanted_goes_at_once(desk, checked):
    desk.post(reverse("people:drop_import", args=[checked.code]))

    checked.refresh_from_db()
    assert checked.state == "dropped"
    assert rosters.back_of(checked) is None
    assert "没有导入" in desk.get(reverse("people:import", args=[checked.code])).content.decode()


def test_the_list_of_rosters_asks_the_database_little(desk, checked, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page = desk.get(UPLOAD).content.decode()

    assert "名册.xlsx" in page


def test_a_page_opens_no_more_of_what_is_sealed_than_it_shows(desk, checked, monkeypatch):
    opened = []

    true = Vault.open_bytes

    def noted(self, kept, *, purpose):
        opened.append(purpose)
        return true(self, kept, purpose=purpose)

    monkeypatch.setattr(Vault, "open_bytes", noted)
    [part] = checked.parts.all()
    for row in range(1000, 1030):
        said = json.dumps({row: {"姓名": ["x", "写上姓名"]}})
        part.pk, part.after_row, part.reasons = None, row, vault().seal(said, purpose=rosters.REASONS)
        part.save()

    page = desk.get(reverse("people:import", args=[checked.code])).content.decode()

    assert "下载退回的行" in page
    assert rosters.BACK not in opened
    assert opened.count(rosters.REASONS) <= 20
