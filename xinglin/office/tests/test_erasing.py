"""Being forgotten: what ends, what stays, who decides; and that nothing in a dump or a log says who it was."""

from __future__ import annotations

import io
import logging
import os
import subprocess
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from conftest import at, sign_in, staff
from xinglin.accounts import queries as accounts
from xinglin.activities.models import Signup
from xinglin.audit import person as audit
from xinglin.audit.models import Entry
from xinglin.audit.tests.factories import seal_and_sign
from xinglin.benefits.models import Voucher
from xinglin.circulars.models import Circular
from xinglin.cities import current
from xinglin.hours import queries as hours
from xinglin.hours.tests.factories import make_record
from xinglin.lib import logs
from xinglin.lib.postgres.programs import find_programs
from xinglin.lib.whole_person import ERASED, emptied
from xinglin.office import erasing, whole
from xinglin.office.errors import (
    ErasedAlready,
    ErasureAsked,
    ErasureDecided,
    NotAboutOneself,
    NotByTheSame,
    PaperNeeded,
    ReasonNeeded,
    StillOpen,
    StillWaiting,
)
from xinglin.office.tests.life import ID_NUMBER, NAME, PHONE, Life, live
from xinglin.organisation import actions as organisation
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Brand, Role
from xinglin.organisation.tests.factories import make_unit
from xinglin.people import assisting, rosters
from xinglin.people.models import Agreement, Erasure, Person, Qualification, Relation, Volunteer
from xinglin.people.tests.factories import make_staff, make_volunteer
from xinglin.people.vetting import signing
from xinglin.timebank import actions as timebank
from xinglin.timebank import queries as ledger
from xinglin.timebank import requesting
from xinglin.timebank.rules import AccountKind, Service

LATER = at("10:00", days=20)  # after the waiting time, and after whatever was booked
SOON = at("10:00")


@pytest.fixture
def life(blue: Any, wang: Any) -> Life:
    return live(unit=blue, by=wang)


def asked(life: Life) -> Erasure:
    return erasing.ask(person=life.person, by=life.person.user, at=SOON)


@pytest.fixture
def erased(life: Life, wang: Any) -> Life:
    erasing.carry_out(erasure=asked(life), by=wang, at=LATER)
    return life


# Asking and deciding -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestAsking:
    """The person asks, may take it back, and the staff decides once the waiting time is over."""

    def test_it_waits_as_long_as_the_policy_says(self, life):
        erasure = asked(life)

        assert (erasure.decide_from - SOON).days == 15
        assert erasing.latest_of(life.person) == erasure

    def test_asking_twice_is_once(self, life):
        asked(life)

        with pytest.raises(ErasureAsked):
            asked(life)

    def test_it_can_be_taken_back_and_asked_again(self, life, wang):
        first = asked(life)
        erasing.withdraw(erasure=first, by=life.person.user, at=SOON)

        with pytest.raises(ErasureDecided):
            erasing.carry_out(erasure=first, by=wang, at=LATER)
        assert asked(life).pk != first.pk

    def test_nobody_is_forgotten_before_the_waiting_time_is_over(self, life, wang):
        with pytest.raises(StillWaiting):
            erasing.carry_out(erasure=asked(life), by=wang, at=at("10:00", days=14))

    def test_staff_may_decline_with_a_reason_that_the_person_reads(self, life, wang):
        erasure = asked(life)

        with pytest.raises(ReasonNeeded):
            erasing.decline(erasure=erasure, by=wang, reason=" ", at=LATER)
        declined = erasing.decline(erasure=erasure, by=wang, reason="有一件纠纷还没有处理完", at=LATER)

        assert (declined.state, declined.reason) == ("declined", "有一件纠纷还没有处理完")
        assert not Entry.objects.filter(reason__contains="纠纷").exists()

    def test_a_stranger_of_the_staff_decides_nothing(self, life, hospital, association):
        other = staff(name="周正", login_name="zhou", role="auditor", unit=association)

        with pytest.raises(MayNot):
            erasing.carry_out(erasure=asked(life), by=other, at=LATER)

    def test_staff_asks_for_somebody_with_the_paper_and_another_one_decides(self, life, wang, hospital):
        with pytest.raises(PaperNeeded):
            erasing.ask(person=life.person, by=wang, at=SOON)
        erasure = erasing.ask(person=life.person, by=wang, paper="本人签字的申请", at=SOON)

        with pytest.raises(NotByTheSame):
            erasing.carry_out(erasure=erasure, by=wang, at=LATER)
        second = staff(name="李协", login_name="lixie", role="coordinator", unit=hospital)
        assert erasing.carry_out(erasure=erasure, by=second, at=LATER).state == "done"

    def test_nobody_decides_about_themselves(self, life, hospital):
        Role.objects.create(user=life.person.user, unit=hospital, name="coordinator", starts_at=at("00:00", days=-1))
        life.person.user.has_second_factor = True

        with pytest.raises(NotAboutOneself):
            erasing.carry_out(erasure=asked(life), by=life.person.user, at=LATER)

    def test_the_database_wants_two_people(self, life, wang):
        erasure = erasing.ask(person=life.person, by=wang, paper="申请", at=SOON)

        with pytest.raises(IntegrityError), transaction.atomic():
            Erasure.objects.filter(pk=erasure.pk).update(state="done", decided_by=wang, decided_at=LATER)


@pytest.mark.django_db
class TestWhatBlocks:
    """What people have to finish first is named; the rest ends by itself."""

    def refused(self, life: Life, wang: Any) -> str:
        with pytest.raises(StillOpen) as refusal:
            erasing.carry_out(erasure=asked(life), by=wang, at=LATER)
        return str(refusal.value)

    def test_a_role_of_the_staff(self, life, wang, blue):
        Role.objects.create(user=life.person.user, unit=blue, name="team_leader", starts_at=at("00:00", days=-1))

        assert "队长" in self.refused(life, wang)

    def test_a_record_on_its_way(self, life, wang, blue):
        make_record(person=life.person, unit=blue, starts_at=at("14:00", days=-7), waits_for_confirmation=True)

        assert "服务记录" in self.refused(life, wang)

    def test_a_debt(self, life, wang):
        key = ledger.statement(life.person)[-1].origin
        timebank.reverse(key=key, reversal_key="void:x", reason="作废", origin=key, at=SOON)
        key = ledger.statement(life.person)[-2].origin
        timebank.reverse(key=key, reversal_key="void:y", reason="作废", origin=key, at=SOON)

        assert "还欠" in self.refused(life, wang)

    def test_everything_open_is_shown_before(self, life):
        shown = " ".join(str(thing.what) for thing in whole.open_things(whole.whole(life.person), at=SOON))

        for word in ("报了班次", "没用的券", "赠予", "可用", "品牌“杏林暖心”", "通知“谢谢"):
            assert word in shown


# What becomes of it ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestAfterIt:
    """Ended, emptied, counted as before."""

    def test_nobody_signs_in_with_it(self, erased):
        assert accounts.by_phone(PHONE) is None
        assert accounts.by_login_name("V0000777") is None
        assert not erased.person.user.__class__.objects.get(pk=erased.person.user.pk).is_active

    def test_what_was_open_has_ended(self, life, wang):
        erasing.ask(person=life.person, by=wang, paper="申请", at=SOON)
        erasing.withdraw(erasure=erasing.latest_of(life.person), by=wang, at=SOON)
        erasure = asked(life)
        Erasure.objects.filter(pk=erasure.pk).update(decide_from=SOON)

        erasing.carry_out(erasure=erasure, by=wang, at=SOON)

        assert Signup.objects.get(pk=life.signup.pk).state == Signup.State.CANCELLED
        assert Voucher.objects.get(pk=life.voucher.pk).state == "returned"
        life.gift.refresh_from_db()
        assert (life.gift.state, life.gift.words) == ("withdrawn", "")
        assert not Relation.objects.filter(person=life.person, ended_at__isnull=True).exists()
        assert not Role.objects.filter(user=life.person.user, ends_at__isnull=True).exists()

    def test_minutes_that_were_left_go_to_the_pool_of_the_house(self, erased, hospital):
        assert requesting.balance_of_unit(hospital, AccountKind.POOL) == 240
        assert ledger.balance_of(erased.person).free_minutes == 0

    def test_the_account_takes_nothing_any_more(self, erased):
        service = Service(person_id=erased.person.pk, key="record:Z", minutes=60, reason="导医", origin="record:Z")

        [answer] = timebank.credit_service(services=[service], at=LATER)

        assert (answer.outcome, answer.reason) == ("refused", "closed")

    def test_sums_stay(self, erased):
        assert hours.honour_minutes(erased.person) == 240

    def test_every_field_that_could_say_something_is_empty(self, erased):
        for model, rows in {
            Person: Person.objects.filter(pk=erased.person.pk),
            Volunteer: Volunteer.objects.filter(person=erased.person),
            Agreement: Agreement.objects.filter(volunteer__person=erased.person),
            Qualification: Qualification.objects.filter(volunteer__person=erased.person),
        }.items():
            kept = {"code", "number", "state", "name", "id_blind"}
            empty = emptied(model, keep=kept)
            for row in rows:
                left = {name: getattr(row, name) for name in empty}
                assert not any(bytes(v) if isinstance(v, memoryview) else v for v in left.values()), (model, left)

    def test_whoever_they_signed_for_stays_signed_for_and_the_name_is_gone(self, erased):
        child = Agreement.objects.get(volunteer__person__name="林小雨")
        elder = Agreement.objects.get(volunteer__person__name="陈奶奶")

        assert {signing.signer_of(one) for one in (child, elder)} == {ERASED}
        assert (child.paper, elder.paper) == (f"{ERASED}的同意书", "同意书")
        assert assisting.consented_by(elder.assistance) == ERASED

    def test_no_page_of_a_unit_and_no_circular_says_the_name(self, erased, blue):
        brand, circular = Brand.objects.get(unit=blue), Circular.objects.get(unit=blue)

        assert (brand.leader, brand.story) == ("", f"{ERASED}带着大家导医")
        assert (circular.title, circular.text) == (f"谢谢{ERASED}", f"{ERASED}站了一天")

    def test_somebody_of_the_same_name_elsewhere_is_left_alone(self, life, wang, bureau):
        elsewhere = make_unit(parent=bureau, kind="hospital", name="人民医院")
        far = {"name": "暖心", "leader": NAME, "story": "每周三下午"}
        brand = organisation.add_brand(unit=elsewhere, **far, by=None, at=SOON)
        elder = make_volunteer(unit=elsewhere, name="王奶奶").person
        said = assisting.Paper("other", NAME, "同意书")
        helped = assisting.register(person=elder, said=said, by=make_staff(unit=elsewhere), at=SOON)

        erasing.carry_out(erasure=asked(life), by=wang, at=LATER)

        brand.refresh_from_db()
        helped.refresh_from_db()
        assert (brand.leader, assisting.consented_by(helped)) == (NAME, NAME)

    def test_what_was_typed_into_the_trail_before_is_counted_number_or_name(self, life, wang):
        for number, said in enumerate(
            ({"reason": NAME}, {"facts": {"qualification": f"{NAME}的证"}}, {"reason": PHONE})
        ):
            Entry.objects.create(at=SOON, verb="noted", thing=f"x:{number}", **said)  # as it was written once

        things = audit.open_things(whole.whole(life.person), SOON)

        assert [str(one.what) for one in things] == ["有 3 条审计记录里写着这个姓名或号码"]
        assert audit.open_things(whole.whole(life.kin.person), SOON) == []

    def test_twice_is_told_kindly(self, erased):
        with pytest.raises(ErasedAlready):
            erasing.ask(person=Person.objects.get(pk=erased.person.pk), by=erased.person.user, at=LATER)

    def test_the_trail_names_a_code(self, erased):
        entry = Entry.objects.filter(verb="erased_person").get()

        assert entry.thing == f"person:{erased.person.code}"
        assert entry.facts["cause"] == "asked"


def test_a_field_that_comes_later_is_emptied_too():
    from django.db import models
    from django.test.utils import isolate_apps

    with isolate_apps("xinglin.people"):

        class Diary(models.Model):  # noqa: DJ008
            """Everything that can say something."""

            pinyin = models.CharField(max_length=20)
            words = models.TextField()
            born_on = models.DateField(null=True)
            facts = models.JSONField()
            seal = models.BinaryField(null=True)
            minutes = models.IntegerField()
            at = models.DateTimeField(null=True)
            code = models.CharField(max_length=4)

            class Meta:
                app_label = "people"

        assert emptied(Diary, keep={"code"}) == {
            "pinyin": "",
            "words": "",
            "born_on": None,
            "facts": {},
            "seal": None,
        }


# Nothing says who it was -------------------------------------------------------------------------------------------


def dump() -> str:
    """All of this city as pg_dump writes it."""
    settings = connection.settings_dict
    options = settings.get("OPTIONS", {})
    environment = {**os.environ, "PGPASSWORD": str(settings.get("PASSWORD") or "")}
    command = [str(find_programs().bin / "pg_dump"), "--schema", f'"{current.schema()}"', "-d", settings["NAME"]]
    for flag, value in (("-h", settings["HOST"]), ("-p", settings["PORT"]), ("-U", settings["USER"])):
        command += [flag, str(value)] if value else []
    assert "service" not in options
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def log(tmp_path: Any) -> Iterator[SimpleNamespace]:
    """A folder with the log as the house writes it, at its most talkative."""
    file = tmp_path / "log" / "web.log"
    file.parent.mkdir()
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logs.DiscreetFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield SimpleNamespace(folder=file.parent)
    root.removeHandler(handler)
    root.setLevel(level)


def secrets_in(text: str) -> list[str]:
    return [secret for secret in (NAME, PHONE, ID_NUMBER, "欧阳父", "13900000055") if secret in text]


@pytest.mark.django_db(transaction=True)
def test_no_dump_log_or_error_page_says_who_it_was_and_every_proof_holds(life, wang, bureau, log):
    sealed_before = seal_and_sign(at=at("09:30"))
    assert NAME in dump(), "the test would find nothing, because nothing was there"
    client = sign_in(Client(raise_request_exception=False), wang)

    erasing.carry_out(erasure=asked(life), by=wang, at=LATER)
    rosters.forget_old(at=LATER)  # each night
    pages = [
        client.get(f"/desk/people/{life.volunteer.number}/").content.decode(),
        client.get("/desk/people/?q=" + NAME[:2]).content.decode(),
        client.post(f"/desk/people/{life.volunteer.number}/suspend/", {"reason": ""}).content.decode(),
    ]
    with pytest.raises(IntegrityError) as collision, transaction.atomic():
        Person.objects.filter(pk=life.kin.person.pk).update(id_blind=bytes(life_blind(life.person)))
    logging.getLogger("django.request").error("trouble", exc_info=collision.value)
    seal_and_sign(at=LATER)

    assert [line for line in dump().splitlines() if secrets_in(line)] == []
    assert secrets_in("".join(file.read_text(encoding="utf-8") for file in log.folder.iterdir())) == []
    assert [page for page in pages if secrets_in(page.replace("q=" + NAME[:2], ""))] == []
    for command in ("verify_ledger", "verify_log", "verify"):
        assert proved(command) == ""
    assert sealed_before.size > 0


def life_blind(person: Any) -> Any:
    return Person.objects.values_list("id_blind", flat=True).get(pk=person.pk)


def proved(command: str) -> str:
    """What a verification complains of."""
    out = io.StringIO()
    try:
        call_command(command, stdout=out)
    except SystemExit as stop:
        return out.getvalue() if stop.code else ""
    return ""
