"""Loading the demo: where it may live, that its figures agree, and that a second start adds nothing."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from conftest import at
from xinglin.accounts import rules as accounts
from xinglin.accounts.models import User
from xinglin.activities.models import Activity, Shift, Signup
from xinglin.home import demo
from xinglin.home.demo import crowd, exchanges
from xinglin.hours.models import Record
from xinglin.organisation.models import Role, Unit
from xinglin.people import documents, importing
from xinglin.people.models import Membership, Volunteer
from xinglin.projects.models import Project
from xinglin.timebank import queries as timebank

TWENTIETH = demo.Size(people=280, activities=100, coming=6, hours=1500)
TAKEN_IN = (exchanges.CHILD,)  # besides the roster
NOON = at("12:00")


def load(size: demo.Size = TWENTIETH, *, moment: dt.datetime = NOON) -> list[str]:
    said: list[str] = []
    demo.load(at=moment, say=said.append, size=size)
    return said


@pytest.mark.django_db
def test_the_demo_is_not_loaded_beside_real_people(lin):
    with pytest.raises(demo.NotADemo):
        load()

    assert not User.objects.filter(is_demo=True).exists()


@pytest.mark.django_db
def test_the_demo_is_not_loaded_in_production(settings):
    settings.MODE = "production"

    with pytest.raises(demo.NotADemo):
        load()


@pytest.mark.django_db(transaction=True)
def test_the_figures_of_the_city_agree_with_its_ledger():
    load()

    told = io.StringIO()
    call_command("verify_ledger", stdout=told)  # exits when anything differs
    effective = Record.objects.filter(state=Record.State.EFFECTIVE)
    sums = effective.aggregate(served=Sum("minutes"), credited=Sum("credited_minutes"))
    entered = effective.filter(provenance=Record.Provenance.TEAM_ENTRY).aggregate(minutes=Sum("minutes"))["minutes"]
    summaries = [timebank.summary_of(volunteer.person) for volunteer in Volunteer.objects.all()]
    balances = sum(summary.free_minutes + summary.held_minutes + summary.used_minutes for summary in summaries)
    assert sums["served"] >= TWENTIETH.hours * 60
    assert sums["credited"] == sums["served"] - (entered or 0) == balances


@pytest.mark.django_db
def test_loading_again_changes_nothing_until_the_coming_weeks_have_run_out():
    load()
    before = [model.objects.count() for model in (Record, Signup, Activity, Volunteer, Role)]

    load(moment=NOON + dt.timedelta(minutes=5))
    again = [model.objects.count() for model in (Record, Signup, Activity, Volunteer, Role)]
    load(moment=NOON + dt.timedelta(days=400))

    assert again == before
    assert Shift.objects.filter(starts_at__gt=NOON + dt.timedelta(days=403), state=Shift.State.OPEN).exists()


SMALL_BINZHOU = demo.Size(people=3300, serving_in_a_team=20, activities=60, coming=6, hours=1500, projects=90)


@pytest.mark.django_db
def test_another_city_is_made_by_the_same_code_from_its_own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path

    demo.load(at=NOON, say=lambda line: None, size=SMALL_BINZHOU, slug="binzhou")

    root = Unit.objects.get(depth=1)
    members = Membership.objects.values("unit").annotate(persons=Count("pk"))
    effective = Record.objects.filter(state=Record.State.EFFECTIVE).aggregate(minutes=Sum("minutes"))["minutes"]
    assert (root.name, root.level) == ("滨州市卫生健康委员会", "city")
    assert set(Unit.objects.values_list("level", flat=True)) == {"city", "county", "township", "village"}
    assert Unit.objects.filter(kind="team").count() == len(members) == 132
    assert Unit.objects.filter(kind="team").exclude(service="").count() == 7
    assert Volunteer.objects.count() == 3300 + len(TAKEN_IN)
    assert Project.objects.count() == 90
    assert effective >= 1500 * 60
    assert not list(tmp_path.rglob("*.csv"))  # the roster went away again
    with pytest.raises(demo.AnotherCity):
        demo.load(at=NOON, say=lambda line: None, slug="ruian")


@pytest.mark.django_db
def test_a_start_that_was_cut_short_goes_on_where_it_stopped(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    size = demo.Size(people=3300, serving_in_a_team=20, activities=60, coming=6, hours=1500)

    def cut_short(**_how: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(importing, "import_roster", cut_short)
        with pytest.raises(KeyboardInterrupt):
            demo.load(at=NOON, say=lambda line: None, size=size, slug="binzhou")
    lies_there = (tmp_path / "demo" / "roster.csv").exists()
    demo.load(at=NOON, say=lambda line: None, size=size, slug="binzhou")

    assert lies_there
    assert Volunteer.objects.count() == 3300 + len(TAKEN_IN)


def test_nobody_of_the_crowd_has_the_document_or_the_phone_of_another():
    teams = [crowd.Team("一队", "北镇街道", "371602"), crowd.Team("二队", "胡集镇", "371621")]
    today = dt.date(2026, 11, 24)

    lines = list(crowd.people("滨州", teams, 4000, today=today))

    papers = [documents.read(documents.ID_CARD, line[2], today=today) for line in lines]
    phones = [line[3] for line in lines if line[3]]
    assert len({paper.number for paper in papers}) == 4000
    assert len(set(phones)) == len(phones)
    assert all(accounts.normal_phone(phone) for phone in phones[:50])
    assert {("女", "F"), ("男", "M")} == {(line[1], paper.sex) for line, paper in zip(lines, papers, strict=True)}
    assert lines == list(crowd.people("滨州", teams, 4000, today=today))


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_the_whole_city_has_the_figures_of_six_years_and_its_ledger_verifies(settings, tmp_path):
    settings.VAR_DIR = tmp_path

    load(demo.WHOLE)

    call_command("verify_ledger", stdout=io.StringIO())  # exits when anything differs
    effective = Record.objects.filter(state=Record.State.EFFECTIVE)
    serves, _leads = demo.volunteers()
    of_last_year = effective.filter(person=serves.person, starts_at__year=NOON.year - 1, starts_at__month__gte=4)
    assert Activity.objects.filter(shifts__state=Shift.State.CLOSED).distinct().count() == 2000
    assert Activity.objects.filter(shifts__starts_at__gt=NOON).distinct().count() == 60
    assert Volunteer.objects.count() == 5600 + len(TAKEN_IN)
    assert 60_000 <= effective.aggregate(minutes=Sum("minutes"))["minutes"] // 60 < 60_010
    assert of_last_year.aggregate(minutes=Sum("minutes"))["minutes"] >= 300 * 60
