"""Two accounts, one human being: who decides, what moves, what stays, and that the ledger still proves itself."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from conftest import at, staff
from xinglin.accounts import queries as accounts
from xinglin.activities import actions as activities
from xinglin.activities.models import Signup
from xinglin.activities.tests.factories import make_shift
from xinglin.audit.tests.factories import seal_and_sign
from xinglin.hours import actions as hours
from xinglin.hours import queries as hours_known
from xinglin.hours.models import Effect, Record
from xinglin.hours.tests.factories import make_record
from xinglin.notices.models import Notice
from xinglin.office import merging, whole
from xinglin.office.errors import (
    KeepTheVolunteer,
    MergeDecided,
    MergeGone,
    MergeHasToWait,
    MergeProposed,
    NotAboutOneself,
    NotByTheSame,
    PaperNeeded,
    ReasonNeeded,
    SamePerson,
)
from xinglin.office.tests.life import NAME, PHONE, Life, live
from xinglin.organisation.errors import MayNot
from xinglin.organisation.models import Role
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.models import Insured, Membership, Merging, Move, Person, Volunteer
from xinglin.people.teams import moving
from xinglin.people.tests.factories import make_insurance, make_paper, make_person, make_volunteer
from xinglin.recognition.models import Grant
from xinglin.timebank import actions as timebank
from xinglin.timebank import owing
from xinglin.timebank import queries as ledger
from xinglin.timebank.actions import gifts, requests
from xinglin.timebank.actions import merging as following
from xinglin.timebank.errors import NotOnesOwnDebt
from xinglin.timebank.rules import end_key
from xinglin.timebank.tests.factories import credit

NOW = at("10:00")


@pytest.fixture
def life(blue: Any, wang: Any) -> Life:
    """The account that goes: somebody of whom every app holds something."""
    return live(unit=blue, by=wang)


@pytest.fixture
def second(hospital: Any) -> Any:
    return staff(name="李协", login_name="lixie", role="coordinator", unit=hospital)


@pytest.fixture
def kept(blue: Any) -> Any:
    """The account that stays: the same human being, registered once more without a phone."""
    volunteer = make_volunteer(unit=blue, name=NAME, number="V0000123")
    make_record(person=volunteer.person, unit=blue, starts_at=at("09:00", days=-9), minutes=60)
    hours.make_effective(at=at("07:30"))
    return volunteer


def merge(life: Life, kept: Any, wang: Any, second: Any) -> Merging:
    proposed = merging.propose(kept=kept.person, gone=life.person, paper="两张卡和身份证", by=wang, at=NOW)
    return merging.agree(merging=proposed, by=second, at=NOW)


@pytest.mark.django_db
class TestWhatItDoesNotDo:
    """A merge is no way round those who grant roles or erase."""

    def test_it_hands_out_no_duties(self, life, kept, wang, second, bureau):
        Role.objects.create(user=life.person.user, unit=bureau, name=Role.Name.BUREAU_ADMINISTRATOR, starts_at=NOW)

        with pytest.raises(MergeHasToWait):
            merge(life, kept, wang, second)

        assert not Role.objects.filter(user=kept.person.user).exclude(name=Role.Name.VOLUNTEER).exists()

    def test_nothing_moves_to_whoever_was_erased_meanwhile(self, life, kept, wang, second):
        proposed = merging.propose(kept=kept.person, gone=life.person, paper="身份证", by=wang, at=NOW)
        Person.objects.filter(pk=kept.person.pk).update(erased_at=NOW)

        with pytest.raises(MergeGone):
            merging.agree(merging=proposed, by=second, at=NOW)


@pytest.mark.django_db
class TestTwoPeople:
    """One proposes, another decides; neither is whom it is about."""

    def test_nothing_moves_before_somebody_else_agrees(self, life, kept, wang):
        merging.propose(kept=kept.person, gone=life.person, paper="身份证", by=wang, at=NOW)

        assert hours_known.honour_minutes(kept.person) == 60

    def test_whoever_proposed_does_not_decide(self, life, kept, wang):
        proposed = merging.propose(kept=kept.person, gone=life.person, paper="身份证", by=wang, at=NOW)

        with pytest.raises(NotByTheSame):
            merging.agree(merging=proposed, by=wang, at=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            Merging.objects.filter(pk=proposed.pk).update(state="done", decided_by=wang, decided_at=NOW)

    def test_a_proposal_names_two_accounts_and_a_paper(self, life, kept, wang):
        with pytest.raises(SamePerson):
            merging.propose(kept=kept.person, gone=kept.person, paper="身份证", by=wang, at=NOW)
        with pytest.raises(PaperNeeded):
            merging.propose(kept=kept.person, gone=life.person, paper=" ", by=wang, at=NOW)

    def test_the_volunteer_is_the_one_that_stays(self, life, wang, bureau):
        chief = staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau)

        with pytest.raises(KeepTheVolunteer):
            merging.propose(kept=make_person(name=NAME), gone=life.person, paper="身份证", by=chief, at=NOW)

    def test_of_two_proposals_one_waits(self, life, kept, wang, second):
        merging.propose(kept=kept.person, gone=life.person, paper="身份证", by=wang, at=NOW)

        with pytest.raises(MergeProposed):
            merging.propose(kept=life.person, gone=kept.person, paper="身份证", by=second, at=NOW)

    def test_a_stranger_neither_proposes_nor_decides(self, life, kept, wang, association):
        from conftest import _below, _unit

        other = _below(association, _unit("瑞安市中医院", "hospital"))
        stranger = staff(name="周正", login_name="zhou", role="coordinator", unit=other)
        proposed = merging.propose(kept=kept.person, gone=life.person, paper="身份证", by=wang, at=NOW)

        with pytest.raises(MayNot):
            merging.agree(merging=proposed, by=stranger, at=NOW)
        assert not merging.seen_by(stranger).exists()

    def test_nobody_merges_their_own_account(self, life, kept, hospital):
        Role.objects.create(user=kept.person.user, unit=hospital, name="coordinator", starts_at=at("00:00", days=-1))
        kept.person.user.has_second_factor = True

        with pytest.raises(NotAboutOneself):
            merging.propose(kept=kept.person, gone=life.person, paper="身份证", by=kept.person.user, at=NOW)

    def test_declining_says_why_and_ends_it(self, life, kept, wang, second):
        proposed = merging.propose(kept=kept.person, gone=life.person, paper="身份证", by=wang, at=NOW)

        with pytest.raises(ReasonNeeded):
            merging.decline(merging=proposed, by=second, reason="", at=NOW)
        merging.decline(merging=proposed, by=second, reason="照片不是同一个人", at=NOW)
        with pytest.raises(MergeDecided):
            merging.agree(merging=proposed, by=second, at=NOW)


@pytest.mark.django_db
class TestWhatMoves:
    """Roles, records, minutes, stars, plans; the preview says it before."""

    def test_the_preview_says_what_will_move(self, life, kept):
        shown = {str(one.what): one for one in whole.moves(whole.whole(kept.person), whole.whole(life.person))}

        assert shown["服务记录"].count == 2
        assert shown["服务记录"].minutes == 240
        assert shown["时间银行可用时间"].minutes == 150
        assert shown["队伍"].doubled == 1
        assert shown["手机号"].count == 1

    def test_hours_and_minutes_are_one_persons(self, life, kept, wang, second):
        merge(life, kept, wang, second)

        assert hours_known.honour_minutes(kept.person) == 300
        assert hours_known.honour_minutes(life.person) == 0
        assert ledger.balance_of(kept.person).free_minutes == 60 + 240
        assert ledger.balance_of(life.person).free_minutes == 0
        assert [entry.minutes for entry in ledger.statement(kept.person) if entry.kind == "merge"] == [240]

    def test_plans_and_stars_move_and_the_phone_signs_in(self, life, kept, wang, second):
        merge(life, kept, wang, second)

        assert Signup.objects.get(pk=life.signup.pk).volunteer == kept
        assert Grant.objects.get(withdrawn_at=None).person == kept.person
        assert accounts.by_phone(PHONE) == kept.person.user
        assert accounts.by_login_name("V0000777") is None

    def test_the_other_account_says_where_it_went(self, life, kept, wang, second):
        merge(life, kept, wang, second)

        gone = Person.objects.get(pk=life.person.pk)
        assert (gone.merged_into, gone.name) == (kept.person, "（已注销）")
        assert Volunteer.objects.get(person=gone).state_reason == "已合并到 V0000123"

    def test_what_both_have_stands_once(self, life, kept, wang, second, blue):
        star = Grant.objects.get(person=life.person)
        same = {"scheme": star.scheme, "unit": star.unit, "reached_at": NOW, "granted_at": NOW, "published_until": NOW}
        Grant.objects.create(person=kept.person, level=1, **same)
        make_record(person=kept.person, unit=blue, starts_at=at("10:00", days=-5), minutes=60)
        hours.make_effective(at=NOW)
        told = list(Notice.objects.filter(kind="minutes_voided").values_list("pk", flat=True))

        merge(life, kept, wang, second)

        assert Membership.objects.filter(volunteer=kept, left_on=None).count() == 1
        assert Grant.objects.filter(person=kept.person, withdrawn_at=None).count() == 1
        assert Record.objects.filter(state="voided", void_reason__contains="合并账号").count() == 1
        assert hours_known.honour_minutes(kept.person) == 60 + 60 + 120
        assert (
            list(Notice.objects.filter(kind="minutes_voided").values_list("pk", flat=True)) == told
        )  # it counts, under the name that stays

    def test_of_a_paper_that_both_handed_in_one_file_stays(self, life, kept, wang, second):
        doubled, waits = make_paper(life.volunteer, at=NOW), make_paper(kept, at=NOW)

        merge(life, kept, wang, second)

        doubled.refresh_from_db()
        assert (doubled.state, doubled.file.sealed, doubled.file.deleted_at) == ("withdrawn", None, NOW)
        waits.refresh_from_db()
        assert (waits.state, waits.file.deleted_at) == ("waiting", None)

    def test_a_cover_that_has_ended_is_not_made_longer(self, life, kept, wang, second, blue):
        then, last_day = at("10:00", days=-9), at("10:00", days=-3).date()
        make_insurance(blue, by=wang, at=then, covers=[life.volunteer, kept], ends_on=last_day)

        merge(life, kept, wang, second)

        assert set(Insured.objects.values_list("until", flat=True)) == {last_day}

    def test_the_end_of_the_other_accounts_loan_ends_nothing_that_is_for_good(
        self, life, kept, wang, second, blue, hospital
    ):
        home = make_unit(parent=hospital, name="红马甲队")
        Membership.objects.create(volunteer=life.volunteer, unit=home, joined_on=NOW.date())
        facts = {"kind": "loan", "state": "done", "from_unit": home, "to_unit": blue, "starts_on": NOW.date()}
        who = {"volunteer": life.volunteer, "asked_by": wang, "asked_at": NOW}
        loan = Move.objects.create(until=NOW.date(), **facts, **who)

        merge(life, kept, wang, second)
        moving.turn(at=at("01:00", days=1))

        assert Membership.objects.filter(volunteer=kept, unit=blue, left_on=None).exists()
        loan.refresh_from_db()
        assert loan.state == "over"

    def test_two_plans_at_the_same_time_become_one(self, life, kept, wang, second, blue):
        both = make_shift(places=3, unit=blue, starts_at=at("10:00", days=2), name="预检分诊")
        activities.take_shift(volunteer=kept, post=both.posts.get(), at=NOW)

        merge(life, kept, wang, second)

        assert Signup.objects.filter(volunteer=kept, state="taken").count() == 1
        assert Signup.objects.get(pk=life.signup.pk).state == "cancelled"

    def test_a_request_that_waits_is_decided_first(self, life, kept, wang, second, hospital):
        asked = {"kind": "pool_grant", "unit": hospital, "person": life.person, "minutes": 30, "reason": "奖励"}
        request = requests.ask(**asked, by=wang, at=NOW)

        with pytest.raises(MergeHasToWait):
            merge(life, kept, wang, second)
        request.refresh_from_db()
        assert request.state == "waiting"
        assert hours_known.honour_minutes(kept.person) == 60  # all or nothing


@pytest.mark.django_db
class TestAfterwards:
    """What was credited to the old account can still be taken back from the human being."""

    def test_a_voided_service_is_fetched_back_from_where_it_is(self, life, kept, wang, second):
        merge(life, kept, wang, second)
        record = Record.objects.filter(person=kept.person, minutes=120).first()

        hours.void(record=record, by=wang, reason="登记错了人", at=NOW)

        assert ledger.balance_of(kept.person).free_minutes == 180
        assert ledger.balance_of(kept.person).owed_minutes == 0

    def test_what_was_spent_meanwhile_is_owed_and_repaid_later(self, life, kept, wang, second):
        merge(life, kept, wang, second)
        timebank.hold(
            person=kept.person, minutes=290, origin="order:X", reason="陪诊", expires_at=at("10:00", days=9), at=NOW
        )
        timebank.settle(origin="order:X", at=NOW)
        record = Record.objects.filter(person=kept.person, minutes=120).first()

        hours.void(record=record, by=wang, reason="登记错了人", at=NOW)
        owed = ledger.balance_of(kept.person).owed_minutes
        credit(kept.person, 200)
        following.follow_debts(at=NOW)

        assert owed == 110
        assert ledger.balance_of(kept.person).owed_minutes == 0
        assert ledger.balance_of(kept.person).free_minutes == 90

    def test_a_gift_from_before_comes_back_to_the_one_that_stayed(self, life, kept, wang, second):
        gifts.accept(gift=life.gift, by=life.kin.person.user, at=NOW)
        merge(life, kept, wang, second)
        before = ledger.balance_of(kept.person).free_minutes
        key = end_key(life.gift.origin)

        timebank.reverse(key=key, reversal_key="void:gift", reason="冲回", origin="void:gift", at=NOW)
        brought = following.bring_home(at=NOW)

        assert (brought, following.bring_home(at=NOW)) == (30, 0)
        assert ledger.balance_of(life.person).free_minutes == 0
        assert ledger.balance_of(kept.person).free_minutes == before + 30

    def test_what_comes_up_again_follows_again(self, life, kept, wang, second):
        merge(life, kept, wang, second)
        before = ledger.balance_of(kept.person).free_minutes

        for minutes in (60, 60):
            credit(life.person, minutes)
            following.bring_home(at=NOW)

        assert ledger.balance_of(kept.person).free_minutes == before + 120

    def test_a_debt_of_the_account_that_went_is_the_debtors_own(self, life, kept, wang, second, hospital):
        debt = self._owed(life, kept, wang, second)
        Role.objects.create(user=kept.person.user, unit=hospital, name="coordinator", starts_at=at("00:00", days=-1))
        kept.person.user.has_second_factor = True
        asked = timebank.ask_to_forgive(debt=debt, by=wang, reason="家里困难", at=NOW)

        with pytest.raises(NotOnesOwnDebt):
            timebank.forgive(forgiveness=asked, by=kept.person.user, at=NOW)
        assert not owing.forgivenesses_waiting_for(kept.person.user).exists()
        assert not owing.may_decide(asked, kept.person.user)
        assert timebank.forgive(forgiveness=asked, by=second, at=NOW).forgiven_minutes == debt.owed_minutes

    def test_the_desk_of_the_one_that_stayed_sees_the_debt_under_their_name(self, life, kept, wang, second):
        debt = self._owed(life, kept, wang, second)

        [seen] = owing.owed_seen_by(wang)

        assert (seen, seen.debtor) == (debt, kept.person)
        assert owing.units_of(seen.debtor) == [kept.memberships.get(left_on=None).unit]

    def test_a_debt_nobody_can_pay_yet_does_not_stand_before_one_that_can_be_paid(self, life, kept, wang, second):
        poor = make_person(name="周全")
        old = make_person(name="周全")
        credit(old, 60, key="record:old")
        self._spend(old, 60)
        timebank.reverse(key="record:old", reversal_key="void:old", reason="冲回", origin="record:old", at=NOW)
        Person.objects.filter(pk=old.pk).update(merged_into=poor)
        debt = self._owed(life, kept, wang, second)
        credit(kept.person, 200)

        paid = following.follow_debts(at=NOW, limit=1)

        debt.refresh_from_db()
        assert (paid, debt.owed_minutes) == (debt.minutes, 0)

    def _owed(self, life, kept, wang, second) -> Any:
        """The merged two have spent what is taken back afterwards."""
        merge(life, kept, wang, second)
        self._spend(kept.person, 290)
        record = Record.objects.filter(person=kept.person, minutes=120).first()
        hours.void(record=record, by=wang, reason="登记错了人", at=NOW)
        [debt] = ledger.debts_of(kept.person)
        return debt

    def _spend(self, person, minutes) -> None:
        origin = f"order:{person.code}"
        timebank.hold(
            person=person, minutes=minutes, origin=origin, reason="陪诊", expires_at=at("10:00", days=9), at=NOW
        )
        timebank.settle(origin=origin, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_log_says_whose_a_record_is_now_and_every_proof_holds(life, kept, wang, second):
    seal_and_sign(at=NOW)

    merge(life, kept, wang, second)
    seal_and_sign(at=NOW)

    moved = Record.objects.filter(person=kept.person, minutes=120).first()
    codes = list(Effect.objects.filter(record_code=moved.code).order_by("id").values_list("person_code", flat=True))
    assert codes == [life.person.code, kept.person.code]
    for command in ("verify_ledger", "verify_log", "verify"):
        out = io.StringIO()
        call_command(command, stdout=out)


@pytest.mark.django_db
def test_whom_to_merge_is_found_by_name_or_phone_within_ones_scope(blue, association, wang, client, sign_in):
    from conftest import _below, _unit

    make_volunteer(unit=blue, name="周秀兰", number="V0000901", phone="13900000901")
    make_volunteer(unit=blue, name="周秀英", number="V0000902")
    make_volunteer(unit=_below(association, _unit("瑞安市中医院", "hospital")), name="周秀芳", number="V0000903")
    desk = sign_in(client, wang)

    def look(kept: str, gone: str) -> str:
        return desk.post("/desk/mergings/new/", {"kept": kept, "gone": gone, "paper": "身份证"}).content.decode()

    assert "再看一遍" in look("13900000901", "周秀英")
    several = look("V0000901", "周秀")
    assert "周秀兰 V0000901、周秀英 V0000902" in several
    assert "V0000903" not in several
    assert "再看一遍" not in look("V0000901", "周秀芳")
