"""A copy of one's data: what is in it, who gets it, how long. The end of storing: who is proposed, told, kept."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from conftest import at, sign_in
from xinglin.audit.models import Entry
from xinglin.lib import clock
from xinglin.notices.models import Notice
from xinglin.office import copies, erasing, jobs, retention
from xinglin.office.errors import CopyGone, StillOpen
from xinglin.office.tests.life import ID_NUMBER, NAME, PHONE, Life, live
from xinglin.organisation import actions as organisation
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import looking
from xinglin.people.models import DataCopy, Erasure, Membership, Person, Volunteer
from xinglin.people.tests.factories import make_volunteer

pytestmark = pytest.mark.django_db
NOW = at("10:00")


@pytest.fixture
def life(blue: Any, wang: Any) -> Life:
    return live(unit=blue, by=wang)


def opened(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


# A copy ------------------------------------------------------------------------------------------------------------


def test_it_holds_everything_to_read_and_for_machines(life):
    copy, is_new = copies.ask(person=life.person, by=life.person.user, at=NOW)
    copies.make(code=copy.code, at=NOW)

    files = opened(copies.fetch(person=life.person, code=copy.code, at=NOW))

    data = json.loads(files["data.json"])
    assert is_new
    assert data["sections"]["person"]["rows"][0]["number"] == ID_NUMBER
    assert data["sections"]["account"]["rows"][0]["phone"] == PHONE
    assert {"volunteer", "records", "statement", "signups", "vouchers", "stars", "relations", "trail"} <= set(
        data["sections"]
    )
    for word in (NAME, ID_NUMBER, "门诊导医", "欧阳母", "执业医师"):
        assert word in files["我的资料.html"]


def test_it_lies_sealed_and_goes_after_its_time(life):
    copy, _is_new = copies.ask(person=life.person, by=life.person.user, at=NOW)
    copies.make(code=copy.code, at=NOW)
    copy.refresh_from_db()

    assert NAME.encode() not in bytes(copy.sealed)
    with pytest.raises(CopyGone):
        copies.fetch(person=life.person, code=copy.code, at=at("10:00", days=3))
    assert copies.expire(at=at("10:00", days=3)) == 1
    copy.refresh_from_db()
    assert (copy.state, copy.sealed) == (DataCopy.State.GONE, None)


def test_one_that_nobody_made_is_given_up_after_a_day_and_a_new_one_can_be_had(life):
    lost, _is_new = copies.ask(person=life.person, by=life.person.user, at=NOW)

    too_early = copies.ask(person=life.person, by=life.person.user, at=at("09:00", days=1))
    new, is_new = copies.ask(person=life.person, by=life.person.user, at=at("10:00", days=1))

    lost.refresh_from_db()
    assert too_early == (lost, False)
    assert (lost.state, is_new, new.state) == ("gone", True, "making")
    assert copies.expire(at=at("10:00", days=2)) == 1


def test_one_whose_time_is_over_stands_in_nobodys_way_until_the_clock_comes_by(life):
    old, _is_new = copies.ask(person=life.person, by=life.person.user, at=NOW)
    copies.make(code=old.code, at=NOW)

    _new, is_new = copies.ask(person=life.person, by=life.person.user, at=at("10:00", days=9))

    old.refresh_from_db()
    assert (is_new, old.state, old.sealed) == (True, "gone", None)


def test_without_its_job_no_copy_is_asked_for(life, client, now_is, monkeypatch):
    def broken(**_arguments: Any) -> None:
        raise RuntimeError("the queue is not there")

    now_is(NOW)
    sign_in(client, life.person.user, second_factor=False)
    client.raise_request_exception = False
    monkeypatch.setattr(jobs.make_data_copy, "defer", broken)

    assert client.post("/me/data/copy/").status_code == 500

    assert not DataCopy.objects.exists()


def test_asking_again_answers_with_what_is_there_and_making_twice_is_once(life):
    first, _is_new = copies.ask(person=life.person, by=life.person.user, at=NOW)
    copies.make(code=first.code, at=NOW)

    again, is_new = copies.ask(person=life.person, by=life.person.user, at=NOW)

    assert (again.pk, is_new) == (first.pk, False)
    assert copies.make(code=first.code, at=NOW) is None


def test_nobody_else_gets_it_and_each_fetch_is_in_the_trail(life, lin):
    copy, _is_new = copies.ask(person=life.person, by=life.person.user, at=NOW)
    copies.make(code=copy.code, at=NOW)

    with pytest.raises(CopyGone):
        copies.fetch(person=lin.person, code=copy.code, at=NOW)
    copies.fetch(person=life.person, code=copy.code, at=NOW)
    verbs = Entry.objects.filter(thing=f"person:{life.person.code}").values_list("verb", flat=True)
    assert {"asked_for_data_copy", "made_data_copy", "fetched_data_copy"} <= set(verbs)


def test_the_page_asks_a_job_makes_it_and_the_file_comes_as_a_download(life, now_is):
    now_is(NOW)
    client = sign_in(Client(), life.person.user, second_factor=False)

    client.post("/me/data/copy/")
    [job] = ProcrastinateJob.objects.filter(task_name="office.make_data_copy")
    jobs.make_data_copy(code=job.args["code"])
    page = client.get("/me/data/").content.decode()
    file = client.get(f"/me/data/copy/{job.args['code']}/")

    assert "下载我的资料" in page
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"] == "no-store"
    assert set(job.args) == {"city", "code"}


def test_who_looked_stands_on_the_persons_own_page(life, wang, now_is):
    now_is(NOW)
    looking.look(person=life.person, what="phone", reason="班次改了地点，要打电话", by=wang, at=NOW)

    page = sign_in(Client(), life.person.user, second_factor=False).get("/me/data/").content.decode()

    assert "王敏" in page
    assert "班次改了地点" in page


# Retention ---------------------------------------------------------------------------------------------------------


def left(unit: Any, *, years: int, **facts: Any) -> Volunteer:
    volunteer = make_volunteer(unit=unit, state="left", **facts)
    Volunteer.objects.filter(pk=volunteer.pk).update(state_since=NOW.replace(year=NOW.year - years))
    return volunteer


def test_whoever_left_long_ago_is_proposed_once_and_told_first(blue):
    old, recent = left(blue, years=11), left(blue, years=9)

    assert retention.propose(at=NOW) == 1
    assert retention.propose(at=NOW) == 0
    erasure = Erasure.objects.get()
    assert (erasure.person, erasure.cause) == (old.person, "retention")
    assert erasure.decide_from == at("10:00", days=15)
    assert not Erasure.objects.filter(person=recent.person).exists()
    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind) == (old.person.user, "data_will_be_erased")
    assert notice.values == {"day": erasure.decide_from.date().isoformat()}
    assert Entry.objects.get(verb="proposed_erasure").unit_path == blue.path


def test_whoever_belongs_to_no_unit_for_years_is_proposed_too(blue):
    old, moved_on = make_volunteer(unit=blue), make_volunteer(unit=blue)
    old.memberships.update(left_on=clock.local_day(NOW.replace(year=NOW.year - 11)))
    moved_on.memberships.update(left_on=clock.local_day(NOW.replace(year=NOW.year - 11)))
    Membership.objects.create(volunteer=moved_on, unit=blue, joined_on=clock.local_day(NOW))

    assert retention.propose(at=NOW) == 1
    assert Erasure.objects.get().person == old.person


def test_whoever_serves_without_a_team_is_not_gone(blue):
    from xinglin.hours.tests.factories import make_record

    alone, begins_again = make_volunteer(unit=blue), make_volunteer(unit=blue)
    for volunteer in (alone, begins_again):
        volunteer.memberships.update(left_on=clock.local_day(NOW.replace(year=NOW.year - 11)))
    make_record(person=alone.person, unit=blue, starts_at=at("09:00", days=-30))

    assert retention.propose(at=NOW) == 1
    assert Erasure.objects.get().person == begins_again.person
    make_record(person=begins_again.person, unit=blue, starts_at=at("09:00", days=3))
    assert erasing.carry_out_due(at=at("10:00", days=15)) == 0
    assert Erasure.objects.get().state == "withdrawn"
    assert Entry.objects.get(verb="withdrew_erasure").actor_code == ""


def test_whom_a_unit_keeps_for_ever_stands_in_nobodys_way(bureau, blue, hospital, monkeypatch):
    elsewhere = make_unit(parent=bureau)
    organisation.set_policy(unit=hospital, name="retention_years", value=0, set_by=None, starts_at=NOW, at=NOW)
    for _ in range(3):
        left(blue, years=30)
    due = left(elsewhere, years=11)
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)

    assert retention.propose(at=NOW, limit=1) == 1
    assert Erasure.objects.get().person == due.person


def test_whoever_came_back_meanwhile_is_not_forgotten_by_the_clock(blue):
    back = left(blue, years=11)
    retention.propose(at=NOW)
    Volunteer.objects.filter(pk=back.pk).update(state="active", state_since=at("10:00", days=3))

    assert erasing.carry_out_due(at=at("10:00", days=15)) == 0
    assert Erasure.objects.get().state == "withdrawn"
    assert Person.objects.get(pk=back.person.pk).erased_at is None


def test_the_clock_forgets_them_unless_somebody_says_no(blue, wang):
    gone, kept, stays = (left(blue, years=11) for _ in range(3))
    retention.propose(at=NOW)
    erasing.decline(erasure=Erasure.objects.get(person=kept.person), by=wang, reason="还有奖章没领", at=NOW)
    erasing.withdraw(erasure=Erasure.objects.get(person=stays.person), by=stays.person.user, at=NOW)

    early, due = (erasing.carry_out_due(at=at("10:00", days=days)) for days in (14, 15))

    assert (early, due) == (0, 1)
    assert Person.objects.get(pk=gone.person.pk).erased_at is not None
    assert Person.objects.get(pk=kept.person.pk).erased_at is None
    assert retention.propose(at=at("10:00", days=30)) == 0  # nor are they asked again next month


def test_a_unit_may_keep_for_longer_or_for_ever(blue, hospital):
    left(blue, years=11)
    organisation.set_policy(unit=hospital, name="retention_years", value=0, set_by=None, starts_at=NOW, at=NOW)

    assert retention.propose(at=NOW) == 0


def test_something_open_keeps_the_clock_from_it_and_nothing_else(blue):
    from xinglin.hours.tests.factories import make_record

    busy, free = left(blue, years=11), left(blue, years=11)
    make_record(person=busy.person, unit=blue, starts_at=at("09:00", days=-1), waits_for_confirmation=True)
    retention.propose(at=NOW)

    assert erasing.carry_out_due(at=at("10:00", days=15), limit=1) == 1, "who has to wait stands in nobody's way"
    assert Person.objects.get(pk=free.person.pk).erased_at is not None
    with pytest.raises(StillOpen):
        erasing.carry_out(erasure=Erasure.objects.get(person=busy.person), by=None, at=at("10:00", days=15))


def test_the_desk_lists_them_before(blue, wang, now_is):
    now_is(NOW)
    old = left(blue, years=11, name="邵长青")
    retention.propose(at=NOW)

    page = sign_in(Client(), wang).get("/desk/erasures/").content.decode()

    assert old.person.name in page
    assert "保存期限已到" in page
