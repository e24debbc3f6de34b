"""Who may open which page: one table for every address of the house, walked by everyone in it.

A volunteer of the blue team (`lin`), her team's leader, the staff of her hospital and of her bureau, and one person in
each role at another hospital knock at each door, by GET and by POST, with real codes of Lin's shift, sign-up and record
and an application: every address × every role, inside the scope and outside it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conftest import at, member, sign_in, staff

# Everyone who knocks. `unproven` coordinates Lin's hospital, but has shown no second factor in this session.
INSIDE = frozenset({"leader", "clerk", "coordinator", "reviewer", "auditor", "administrator"})
OUTSIDE = frozenset(f"other_{role}" for role in INSIDE)
SIGNED_IN = INSIDE | OUTSIDE | {"applicant", "stranger", "lin", "unproven"}
EVERYONE = SIGNED_IN | {"visitor"}


def somewhere(roles: frozenset[str]) -> frozenset[str]:
    """These, and whoever has such a role at another hospital: a list is for all of them, and shows each their own."""
    return roles | {f"other_{role}" for role in roles & INSIDE}


ADMINISTRATOR = frozenset({"administrator"})
ADMINISTER_SOMEWHERE = somewhere(ADMINISTRATOR)
COORDINATE = ADMINISTRATOR | {"coordinator"}
COORDINATE_SOMEWHERE = somewhere(COORDINATE)
LEAD = COORDINATE | {"leader"}
HAND_OUT = COORDINATE | {"clerk"}
DECIDE = COORDINATE | {"reviewer"}
DECIDE_SOMEWHERE = somewhere(DECIDE)
DESK = somewhere(DECIDE | {"auditor"})
SEE_LIN = DECIDE | {"auditor", "leader"}
SEE_LEDGER = ADMINISTRATOR | {"auditor"}
VOLUNTEERS = frozenset({"lin", "stranger"})
PERSONS = VOLUNTEERS | {"applicant"}
LIN = frozenset({"lin"})
CHILD = frozenset()  # Lin's daughter, who does not knock here
APPLICANT = frozenset({"applicant"})

# What a row may say of a method besides who comes in: there is no such door, or it leads to the start of signing in.
SHUT = "shut"
START = "sign_in"
Who = frozenset[str] | str

# address → (by GET, by POST): who comes in. To come in is to get past the door: what lies behind is then one's own or
# within one's scope, and a rule may still say no. All others are refused, and a visitor is asked to sign in.
TABLE: dict[str, tuple[Who, Who]] = {
    "home:home": (EVERYONE, SHUT),
    "home:desk": (DESK, SHUT),
    "home:waits": (DECIDE, SHUT),
    "home:decide": (SHUT, DECIDE),
    "home:deliveries": (DESK | {"leader", "other_leader"}, SHUT),
    "home:resend": (SHUT, COORDINATE),
    "home:take_back": (SHUT, DESK),  # of one's own decisions; there are none
    "home:health": (EVERYONE, SHUT),
    "home:manifest": (EVERYONE, SHUT),
    "home:worker": (EVERYONE, SHUT),
    "home:offline": (EVERYONE, SHUT),
    "office:ready": (EVERYONE, SHUT),  # asked from the server itself; tests/test_deploy.py asks from elsewhere
    "office:metrics": (EVERYONE, SHUT),
    "home:about_demo": (EVERYONE, SHUT),
    "home:trust": (EVERYONE, SHUT),
    "home:authority": (EVERYONE, SHUT),
    "web:preferences": (SHUT, EVERYONE),
    "web:look": (EVERYONE, SHUT),  # invented people; not found in production
    "web:look_desk": (EVERYONE, SHUT),
    "web:look_paper": (EVERYONE, SHUT),
    "accounts:sign_in": (EVERYONE, EVERYONE),
    "accounts:code": (START, START),
    "accounts:send_again": (SHUT, START),
    "accounts:number": (EVERYONE, EVERYONE),
    "accounts:first_pin": (EVERYONE, EVERYONE),
    "accounts:staff": (EVERYONE, EVERYONE),
    "accounts:second_factor": (START, START),
    "accounts:sign_out": (SHUT, START),
    "accounts:security": (SIGNED_IN, SHUT),
    "accounts:authenticator": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),
    "accounts:recovery_codes": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),
    "accounts:password": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),
    "notices:mine": (SIGNED_IN, SHUT),
    "notices:read_all": (SHUT, SIGNED_IN),
    "notices:opened": (LIN, SHUT),
    "notices:choices": (SIGNED_IN, SIGNED_IN),
    "notices:mail": (SIGNED_IN, SIGNED_IN),
    "notices:mail_code": (SIGNED_IN, SIGNED_IN),
    "notices:wechat": (SIGNED_IN, SHUT),  # there is no official account here: they read that
    "notices:wechat_back": (SIGNED_IN, SHUT),
    "notices:forget": (SHUT, frozenset()),  # nobody has given an address
    "organisation:desk": (DESK, SHUT),
    "organisation:unit": (DECIDE | {"auditor"}, SHUT),
    "organisation:roles": (somewhere(COORDINATE | {"auditor"}), SHUT),
    "organisation:add": (ADMINISTRATOR, ADMINISTRATOR),
    "organisation:edit": (ADMINISTRATOR, ADMINISTRATOR),
    "organisation:move": (ADMINISTRATOR, ADMINISTRATOR),
    "organisation:trail": (SEE_LEDGER, SHUT),
    "organisation:about": (LEAD, LEAD),
    "organisation:add_brand": (SHUT, LEAD),
    "organisation:end_brand": (SHUT, LEAD),
    "organisation:add_joint": (SHUT, ADMINISTRATOR),
    "organisation:end_joint": (SHUT, ADMINISTRATOR),
    "office:close_unit": (ADMINISTRATOR, ADMINISTRATOR),
    "organisation:grant_role": (SHUT, COORDINATE),
    "organisation:end_role": (SHUT, COORDINATE),  # of the team's leader; other roles are the administrator's
    "organisation:policy": (ADMINISTRATOR, ADMINISTRATOR),
    "circulars:mine": (SIGNED_IN, SHUT),
    # Whom it reaches: it is her hospital's, and goes down from there.
    "circulars:circular": (INSIDE - SEE_LEDGER | LIN | {"unproven"}, SHUT),
    "circulars:desk": (COORDINATE_SOMEWHERE, SHUT),
    "circulars:write": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "circulars:shares": (COORDINATE, SHUT),
    "circulars:withdraw": (SHUT, COORDINATE),
    "people:me": (SIGNED_IN, SHUT),
    "people:apply": (SIGNED_IN, SIGNED_IN),
    "people:application_state": (SIGNED_IN, SHUT),
    "people:withdraw": (SHUT, APPLICANT),
    "people:agreement": (VOLUNTEERS, VOLUNTEERS),
    "people:agreement_paper": (VOLUNTEERS, SHUT),
    "people:agreement_pdf": (VOLUNTEERS, SHUT),
    "people:agreement_copy": (DECIDE, SHUT),
    "people:consents": (PERSONS, SHUT),
    "people:change_consent": (SHUT, PERSONS),
    "people:card": (VOLUNTEERS, SHUT),
    "people:new_card": (SHUT, VOLUNTEERS),
    "people:lose_card": (SHUT, VOLUNTEERS),
    "people:print_cards": (SHUT, COORDINATE_SOMEWHERE),
    "people:void_card": (SHUT, COORDINATE),
    "people:desk": (DESK | {"leader", "other_leader"}, SHUT),
    "people:volunteer": (SEE_LIN, SHUT),
    "people:add_qualification": (SHUT, COORDINATE),
    "people:suspend": (SHUT, COORDINATE),
    "people:resume": (SHUT, COORDINATE),
    "people:slip": (COORDINATE, COORDINATE),
    "people:export": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "people:lists": (DESK | {"leader", "other_leader"}, SHUT),
    "people:new_list": (DESK | {"leader", "other_leader"}, DESK | {"leader", "other_leader"}),
    "people:open_list": (frozenset({"coordinator", "reviewer"}), SHUT),  # shared with those at work at her hospital
    "people:edit_list": (frozenset({"coordinator"}), frozenset({"coordinator"})),
    "people:delete_list": (SHUT, frozenset({"coordinator"})),
    "people:imports": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "people:blank_roster": (COORDINATE_SOMEWHERE, SHUT),
    "people:import": (COORDINATE, SHUT),
    "people:begin_import": (SHUT, COORDINATE),
    "people:drop_import": (SHUT, COORDINATE),
    "people:import_back": (COORDINATE, SHUT),
    "people:applications": (DECIDE_SOMEWHERE, SHUT),
    "people:gates": (VOLUNTEERS, SHUT),
    "people:gates_of": (DECIDE, DECIDE),
    "people:interviews": (VOLUNTEERS, SHUT),
    "people:book_interview": (SHUT, LIN),
    "people:cancel_interview": (SHUT, LIN),
    "people:exam": (VOLUNTEERS, VOLUNTEERS),
    "people:interview_slots": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "people:close_slot": (SHUT, COORDINATE),
    "people:expiring": (DECIDE_SOMEWHERE, SHUT),
    "people:insurance": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "people:insurance_of": (COORDINATE, COORDINATE),
    "people:insurance_file": (COORDINATE, SHUT),
    "people:uncover": (SHUT, COORDINATE),
    "people:bank": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "people:retire_question": (SHUT, COORDINATE),
    "people:papers": (VOLUNTEERS, SHUT),
    "people:hand_in": (VOLUNTEERS, VOLUNTEERS),
    "people:own_file": (LIN, SHUT),
    "people:withdraw_paper": (SHUT, LIN),
    "people:ask_to_return": (VOLUNTEERS, VOLUNTEERS),
    "people:paper_file": (DECIDE, SHUT),
    "people:shut_gate": (SHUT, DECIDE),
    "people:teams": (EVERYONE, SHUT),  # which teams there are is public; who leads them is for volunteers
    "people:team": (EVERYONE, SHUT),
    "people:join_team": (SHUT, VOLUNTEERS),
    "people:leave_team": (SHUT, VOLUNTEERS),
    "people:moves": (VOLUNTEERS, SHUT),
    "people:accept_move": (SHUT, LIN),
    "people:decline_move": (SHUT, LIN),
    "people:withdraw_move": (SHUT, frozenset()),  # of one's own wish to join; this one was her coordinator's
    "people:propose_move": (COORDINATE, COORDINATE),
    "people:withdraw_proposal": (SHUT, COORDINATE),
    "people:my_relations": (PERSONS, SHUT),
    "people:end_my_relation": (SHUT, LIN),
    "people:relations": (COORDINATE, SHUT),
    "people:add_relation": (SHUT, COORDINATE),
    "people:end_relation": (SHUT, COORDINATE),
    "people:decide_hardship": (SHUT, COORDINATE),
    "people:end_hardship": (SHUT, COORDINATE),
    "people:application": (DECIDE, SHUT),
    "people:approve": (SHUT, DECIDE),
    "people:ask_back": (SHUT, DECIDE),
    "people:refuse": (SHUT, DECIDE),
    "people:reopen": (SHUT, DECIDE),
    "people:practical": (PERSONS, PERSONS),
    "people:practical_list": (COORDINATE_SOMEWHERE, SHUT),
    "people:practical_of": (COORDINATE, COORDINATE),
    "people:look": (COORDINATE, COORDINATE),
    "people:care": (COORDINATE, SHUT),
    "people:add_guardian": (SHUT, COORDINATE),
    "people:end_guardian": (SHUT, COORDINATE),
    "people:add_assistance": (SHUT, COORDINATE),
    "people:end_assistance": (SHUT, COORDINATE),
    "activities:sign_up_for": (COORDINATE, COORDINATE),
    "activities:wish": (CHILD, CHILD),
    "activities:children": (PERSONS, SHUT),
    "activities:child_consent": (SHUT, LIN),
    "activities:child_wish": (SHUT, LIN),
    "activities:child_shifts": (LIN, SHUT),
    "activities:child_sign_up": (SHUT, LIN),
    "activities:child_cancel": (SHUT, LIN),
    "office:my_data": (PERSONS, SHUT),
    "office:ask_for_copy": (SHUT, PERSONS),
    "office:fetch_copy": (LIN, SHUT),
    "office:erase_me": (PERSONS, PERSONS),
    "office:stay": (SHUT, LIN),
    "office:erasures": (COORDINATE_SOMEWHERE, SHUT),
    "office:erasure": (COORDINATE, SHUT),
    "office:carry_out_erasure": (SHUT, COORDINATE),
    "office:decline_erasure": (SHUT, COORDINATE),
    "office:erase_other": (COORDINATE, COORDINATE),
    "office:mergings": (COORDINATE_SOMEWHERE, SHUT),
    "office:new_merging": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "office:merging": (COORDINATE, SHUT),
    "office:agree_merging": (SHUT, ADMINISTRATOR),  # of the coordinator's proposal
    "office:decline_merging": (SHUT, COORDINATE),
    "office:withdraw_merging": (SHUT, frozenset({"coordinator"})),
    "timebank:statement": (SIGNED_IN, SHUT),
    "home:statement_pdf": (SIGNED_IN, SHUT),
    "home:statement_sheet": (SIGNED_IN, SHUT),
    "timebank:health": (somewhere(SEE_LEDGER), SHUT),
    "timebank:measure": (SHUT, somewhere(SEE_LEDGER)),
    "timebank:requests": (DECIDE_SOMEWHERE, SHUT),
    "timebank:ask": (DECIDE_SOMEWHERE, DECIDE_SOMEWHERE),
    "timebank:withdraw_request": (SHUT, frozenset({"coordinator"})),  # who asked
    "timebank:debts": (DECIDE_SOMEWHERE, SHUT),
    "timebank:debt": (DECIDE, DECIDE),
    "timebank:desk_team": (DECIDE, SHUT),
    "timebank:teams": (somewhere(LEAD), SHUT),
    "timebank:team": (LEAD, LEAD),
    "timebank:withdraw_team_gift": (SHUT, frozenset({"leader"})),  # who asked
    "timebank:gifts": (PERSONS, SHUT),
    "timebank:give": (PERSONS, PERSONS),
    "timebank:accept_gift": (SHUT, LIN),
    "timebank:decline_gift": (SHUT, LIN),
    "timebank:withdraw_gift": (SHUT, frozenset()),  # Lin's mother gave it, who does not knock here
    "hours:mine": (SIGNED_IN, SHUT),
    "hours:own": (LIN, SHUT),
    "transparency:log": (EVERYONE, SHUT),  # the public log: roots, sizes, keys
    "transparency:how": (EVERYONE, SHUT),
    "transparency:checkpoint": (EVERYONE, SHUT),
    "transparency:checkpoint_of": (EVERYONE, SHUT),
    "transparency:consistency": (EVERYONE, SHUT),
    "transparency:keys": (EVERYONE, SHUT),
    "transparency:tool": (EVERYONE, SHUT),
    "transparency:line": (LIN, SHUT),  # each sees only their own line and record
    "transparency:line_proof": (LIN, SHUT),
    "transparency:record": (LIN, SHUT),
    "transparency:record_proof": (LIN, SHUT),
    "transparency:desk": (SEE_LEDGER, SHUT),
    "transparency:any_proof": (SEE_LEDGER, SHUT),
    "transparency:add_recipient": (SHUT, ADMINISTRATOR),
    "transparency:remove_recipient": (SHUT, ADMINISTRATOR),
    "hours:record": (DECIDE, SHUT),
    "hours:confirm": (SHUT, DECIDE),
    "hours:void": (SHUT, DECIDE),
    "benefits:catalogue": (SIGNED_IN, SHUT),
    "benefits:benefit": (LIN, SHUT),
    "benefits:redeem": (SHUT, LIN),
    "benefits:vouchers": (SIGNED_IN, SHUT),
    "benefits:voucher": (LIN, SHUT),
    "benefits:give_back": (SHUT, LIN),
    "benefits:scan": (LIN | HAND_OUT, SHUT),
    "benefits:desk": (COORDINATE_SOMEWHERE, SHUT),
    "benefits:new": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "benefits:desk_benefit": (COORDINATE, SHUT),
    "benefits:edit": (COORDINATE, COORDINATE),
    "benefits:pause": (SHUT, COORDINATE),
    "benefits:restock": (SHUT, COORDINATE),
    "benefits:counter": (somewhere(LEAD | HAND_OUT), SHUT),
    "benefits:desk_voucher": (HAND_OUT, SHUT),
    "benefits:use": (SHUT, HAND_OUT),
    "benefits:refuse": (SHUT, HAND_OUT),
    "recognition:mine": (SIGNED_IN, SHUT),
    "recognition:publication": (SIGNED_IN, SHUT),
    "recognition:desk": (DECIDE_SOMEWHERE, SHUT),
    "recognition:grant": (DECIDE, SHUT),
    "recognition:withdraw": (SHUT, DECIDE),
    "recognition:schemes": (DECIDE_SOMEWHERE, SHUT),
    "recognition:new_scheme": (ADMINISTER_SOMEWHERE, ADMINISTER_SOMEWHERE),
    "recognition:privileges": (ADMINISTER_SOMEWHERE, ADMINISTER_SOMEWHERE),
    "recognition:end_privilege": (SHUT, ADMINISTRATOR),
    "recognition:bars": (DECIDE_SOMEWHERE, DECIDE_SOMEWHERE),
    "recognition:lift": (SHUT, DECIDE),
    "activities:list": (EVERYONE, SHUT),
    "activities:shift": (EVERYONE, SHUT),
    "activities:share": (SIGNED_IN, SHUT),
    "activities:share_picture": (SIGNED_IN, SHUT),
    "activities:take": (SHUT, SIGNED_IN),
    "activities:cancel": (LIN, LIN),
    "activities:call": (SHUT, LIN),
    "activities:scan": (LIN, SHUT),
    "activities:poster_scan": (LIN, SHUT),
    "activities:hands": (LIN, SHUT),
    "activities:card": (EVERYONE, SHUT),  # of Lin, whose leader alone learns whose it is
    "activities:card_mark": (SHUT, LEAD),
    "activities:come": (SHUT, LIN),
    "activities:leave": (SHUT, LIN),
    "activities:undo": (SHUT, LIN),
    "activities:lead": (LEAD, SHUT),
    "activities:lead_code": (LEAD, SHUT),
    "activities:mark_came": (SHUT, LEAD),
    "activities:mark_left": (SHUT, LEAD),
    "activities:mark_undo": (SHUT, LEAD),
    "activities:nod": (SHUT, LEAD),
    "activities:deny": (SHUT, LEAD),
    "activities:poster": (LEAD, SHUT),
    "activities:roster": (LEAD, SHUT),
    "activities:enter": (LEAD, LEAD),
    "activities:chat_list": (LEAD, LEAD),
    "activities:chat_sign_up": (SHUT, LEAD),
    "activities:desk": (COORDINATE_SOMEWHERE, SHUT),
    "activities:new": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "activities:desk_shift": (COORDINATE, SHUT),
    "activities:set_leader": (SHUT, COORDINATE),
    "activities:set_place": (SHUT, COORDINATE),
    "activities:set_places": (SHUT, COORDINATE),
    "activities:call_off": (SHUT, COORDINATE),
}
METHODS = ("GET", "POST")
OF_THE_DAUGHTER = frozenset(
    {"people:care", "people:add_guardian", "people:end_guardian", "people:add_assistance", "people:end_assistance"}
    | {"activities:sign_up_for", "activities:child_consent", "activities:child_wish", "activities:child_shifts"}
    | {"activities:child_sign_up", "activities:child_cancel"}
)
LIST_PAGES = ("open_list", "edit_list", "delete_list")
ROSTER_PAGES = ("import", "begin_import", "drop_import", "import_back")
# Those in the same roles at another hospital.
OTHERS = {
    "coordinator": "周正",
    "administrator": "吴局",
    "reviewer": "郑核",
    "auditor": "冯审",
    "leader": "褚队",
    "clerk": "卫窗",
}
ROLE_NAMES = {"administrator": "bureau_administrator", "leader": "team_leader"}
VOUCHER_PAGES = ("voucher", "give_back", "scan", "desk_voucher", "use", "refuse")
# They have nothing to do with Lin: no page names her to them, and nothing that they send changes what is hers.
STRANGERS = OUTSIDE | {"visitor", "applicant", "stranger", "unproven"}


def test_each_address_has_its_row():
    known = set(addresses())

    assert known - set(TABLE) == set(), "say in the table who comes in"
    assert set(TABLE) - known == set(), "these addresses are gone"


@pytest.mark.parametrize("name", TABLE)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    if name.startswith("transparency:"):
        seal_what_lin_has(scene)
    before = lins_rows(scene)

    for method, allowed in zip(METHODS, TABLE[name], strict=True):
        answers = {who: knock(scene, who, name, method) for who in sorted(EVERYONE)}

        outcomes = {who: answer.outcome for who, answer in answers.items()}
        assert outcomes == {who: expected(who, allowed, found) for who, found in outcomes.items()}, method
        for who in STRANGERS - wanted_there(who_knows_of=name):
            assert secrets_in(answers[who], scene) == [], f"{who} {method}"
            assert answers[who].rows_after == before, f"{who} {method}"


def wanted_there(*, who_knows_of: str) -> frozenset[str]:
    """Who may find or change something there: the applicant what is theirs, everyone the invented people of /look/."""
    if who_knows_of.startswith("web:look"):
        return STRANGERS
    return APPLICANT if who_knows_of == "people:withdraw" else frozenset()


def secrets_in(answer: Answer, scene: SimpleNamespace) -> list[str]:
    """What the answer says of Lin: her name, number, phone, or a code of what is hers."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text)  # random, and may hold anything
    secrets = [
        "林晓",
        scene.lin.number,
        "13800000001",
        "138****0001",
        scene.signup.code,
        scene.record.code,
        scene.star.code,
        scene.voucher.code,
    ]
    return [secret for secret in secrets if secret in text]


def expected(who: str, allowed: Who, found: str) -> str:
    if allowed == SHUT:
        return "sign_in" if who == "visitor" and found == "sign_in" else "shut"
    if allowed == START:
        return "sign_in"
    if who in allowed:
        return "in"
    return "sign_in" if who == "visitor" else "refused"


@dataclass(frozen=True)
class Answer:
    """How a door answered."""

    status: int
    location: str
    text: str
    rows_after: list[Any]

    @property
    def outcome(self) -> str:
        if self.status >= 500:
            return "broken"
        if self.status == 405:
            return "shut"
        if self.status in (401, 403, 404):
            return "refused"
        return "sign_in" if self.location.startswith("/sign-in/") and self.status == 302 else "in"


@pytest.fixture
def scene(bureau, association, hospital, blue, lin, wang, zhao, now_is, now_of_the_scene) -> SimpleNamespace:
    """One hospital at work: Lin is signed up for this morning's shift and has served before; 沈佳 has applied."""
    from conftest import _below, _unit
    from xinglin.activities.tests.factories import make_shift, make_signup
    from xinglin.benefits.tests.factories import make_benefit, make_voucher
    from xinglin.circulars import actions as circulars
    from xinglin.hours.tests.factories import make_record
    from xinglin.notices.tests.factories import delivery_of, told
    from xinglin.office import copies, erasing, merging
    from xinglin.organisation import actions as organisation
    from xinglin.people import assisting, cards, guardians, relations
    from xinglin.people.lists import saving
    from xinglin.people.teams import moving
    from xinglin.people.tests.factories import (
        make_application,
        make_checked_roster,
        make_insurance,
        make_paper,
        make_person,
        make_slot,
        make_texts,
        make_volunteer,
    )
    from xinglin.people.vetting import exams, interviews
    from xinglin.recognition import actions as recognition
    from xinglin.recognition.tests.factories import make_scheme, make_star
    from xinglin.timebank.actions import gifts, requests
    from xinglin.timebank.tests.factories import credit

    now_is(now_of_the_scene)
    make_texts()
    elsewhere = _below(association, _unit("瑞安市中医院", "hospital"))
    red = _below(elsewhere, _unit("红马甲队", "team"))
    beside = _below(bureau, _unit("瑞安市第二人民医院", "hospital"))
    leader = staff(name="吴队", login_name="leader", role="team_leader", unit=blue)
    shift = make_shift(places=3, unit=blue, starts_at=at("09:00"), leader=leader)
    signup = make_signup(shift, lin)
    record = make_record(person=lin.person, unit=blue, starts_at=at("09:00", days=-3), waits_for_confirmation=True)
    card = cards.issue(volunteer=lin, by=wang, at=at("08:00"))
    application = make_application(unit=blue, person=make_person(name="沈佳", phone="13900000002"))
    stranger = member(name="何苗", number="V000777", phone="13800000777", unit=red)
    early = at("08:00")
    star = make_star(lin.person, scheme=make_scheme(unit=hospital), at=early, days=5)
    bar = recognition.bar(person=lin.person, unit=hospital, by=wang, reason="失信", until=at("08:00", days=9), at=early)
    privilege = recognition.add_privilege(unit=hospital, level=1, title="绿色通道", note="", by=None, at=early)
    mother = member(name="林母", number="V000778", phone="13800000778", unit=blue)
    kin = {"person": lin.person, "relative": mother.person, "kind": "parent", "paper": "户口簿"}
    relation = relations.register(**kin, by=wang, at=at("08:00"))
    relations.decide_hardship(person=lin.person, paper="低保证", until=dt.date(2027, 1, 1), by=wang, at=at("08:00"))
    credit(mother.person, 60)
    gift = gifts.give(giver=mother.person, receiver=lin.person, minutes=30, words="", at=at("09:00"))
    gifts.give(giver=mother.person, receiver=None, team=blue, minutes=10, words="", at=at("09:00"))
    team_gift = requests.ask(
        kind="team_gift", unit=blue, person=None, minutes=5, reason="支持大家", by=leader, at=at("09:00")
    )
    debt = owe(lin.person)
    credit(lin.person, 600)
    benefit = make_benefit(unit=hospital, stock=3)
    notice = told(lin.person.user, at=early)
    voucher = make_voucher(benefit, lin, at=early)
    move = moving.propose(
        kind="loan",
        volunteer=lin,
        from_unit=blue,
        to_unit=_below(hospital, _unit("急诊队", "team")),
        starts_on=dt.date(2026, 12, 1),
        until=dt.date(2026, 12, 9),
        reason="缺人",
        by=wang,
        at=early,
    )
    circular = circulars.write(unit=hospital, audience="everybody", title="值守", text="照常", by=wang, at=early)
    brand = organisation.add_brand(unit=blue, name="蓝衣有约", leader="", story="一件马甲", by=None, at=early)
    joint = organisation.add_joint(unit=blue, parent=beside, by=None, at=early)
    asked = requests.ask(
        kind="pool_grant", unit=blue, person=lin.person, minutes=30, reason="奖励", by=wang, at=at("09:00")
    )
    wang.has_second_factor = True
    roster = make_checked_roster(unit=blue, by=wang, at=at("08:30"))
    daughter = make_volunteer(unit=blue, name="林小雨", number="V000780", born_on=dt.date(2014, 5, 17))
    guarded = {"child": daughter.person, "capacity": "parent", "paper": "户口簿"}
    ward = guardians.register(**guarded, guardian=lin.person, by=wang, at=at("08:00"))
    next_week = make_shift(places=3, unit=blue, starts_at=at("14:00", days=7), name="图书整理")
    wish = guardians.wish(child=daughter.person, source=f"post:{next_week.posts.get().code}", at=at("08:00"))
    hers = make_signup(next_week, daughter)
    assisting.register(person=daughter.person, name="", capacity="self", paper="同意书", by=wang, at=at("08:00"))
    twin = member(name="林晓", number="V000779", phone="13800000779", unit=blue)
    merge = merging.propose(kept=lin.person, gone=twin.person, paper="身份证", by=wang, at=at("08:00"))
    erasure = erasing.ask(person=lin.person, by=lin.person.user, at=at("08:00"))
    copy, _is_new = copies.ask(person=lin.person, by=lin.person.user, at=at("08:00"))
    copies.make(code=copy.code, at=at("08:01"))
    slot = make_slot(blue, by=wang, starts_at=at("15:00"))
    interviews.book(volunteer=lin, slot=slot, at=early)
    people = {
        "applicant": application.person.user,
        "stranger": stranger.person.user,
        "lin": lin.person.user,
        "leader": leader,
        "clerk": staff(name="小陈", login_name="clerk", role="clerk", unit=hospital),
        **{
            f"other_{role}": staff(
                name=name, login_name=f"other-{role}", role=ROLE_NAMES.get(role, role), unit=elsewhere
            )
            for role, name in OTHERS.items()
        },
        "coordinator": wang,
        "reviewer": zhao,
        "auditor": staff(name="郑审", login_name="zheng", role="auditor", unit=bureau),
        "administrator": staff(name="钱局", login_name="qian", role="bureau_administrator", unit=bureau),
        "unproven": staff(name="孙协", login_name="sun", role="coordinator", unit=hospital),
    }
    clients = {
        who: sign_in(Client(raise_request_exception=False), user, second_factor=who != "unproven")
        for who, user in people.items()
    }
    return SimpleNamespace(
        clients=clients | {"visitor": Client(raise_request_exception=False)},
        people=people,
        lin=lin,
        shift=shift,
        signup=signup,
        record=record,
        application=application,
        roster=roster,
        saved_list=saving.save(name="蓝队", asked={"unit": blue.code}, unit=hospital, by=wang, at=early),
        card=card,
        star=star,
        bar=bar,
        privilege=privilege,
        benefit=benefit,
        voucher=voucher,
        unit=blue,
        role=leader.roles.get(),
        relation=relation,
        gift=gift,
        merge=merge,
        daughter=daughter,
        ward=ward,
        wish=wish,
        hers=hers,
        erasure=erasure,
        copy=copy,
        request=asked,
        notice=notice,
        delivery=delivery_of(notice),
        debt=debt,
        team_gift=team_gift,
        brand=brand,
        circular=circular,
        move=move,
        joint=joint,
        paper=make_paper(lin, at=early),
        insurance=make_insurance(blue, by=wang, at=early, covers=[lin]),
        slot=slot,
        question=exams.add_question(
            unit=blue, text="口罩湿了怎么办？", choices=["换", "晾干"], right=0, why="", by=wang, at=early
        ),
    )


def owe(person: Any) -> Any:
    """Half an hour that was spent before its record was voided."""
    from xinglin.timebank import actions as timebank
    from xinglin.timebank import queries as ledger
    from xinglin.timebank.tests.factories import credit

    credit(person, 30, key="record:OWED")
    when = {"at": at("08:00")}
    timebank.hold(person=person, minutes=30, origin="x:1", reason="陪诊", expires_at=at("08:00", days=1), **when)
    timebank.settle(origin="x:1", **when)
    timebank.reverse(key="record:OWED", reversal_key="void:OWED", reason="记错", origin="record:OWED", **when)
    [debt] = ledger.debts_of(person)
    return debt


def seal_what_lin_has(scene: SimpleNamespace) -> None:
    """A record of Lin's took effect and was credited; both stand in a signed checkpoint, which an office receives."""
    from django.db import connection

    from xinglin.audit.tests.factories import seal_in_this_transaction
    from xinglin.hours import actions as hours
    from xinglin.hours.tests.factories import make_record
    from xinglin.transparency import actions as transparency

    effective = make_record(person=scene.lin.person, unit=scene.unit, starts_at=at("09:00", days=-5))
    hours.make_effective(at=at("09:00"))
    scene.recipient = transparency.add_recipient(
        name="瑞安市审计局", address="shenji@example.cn", by=scene.people["administrator"], at=at("09:00")
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the database does at the end of a transaction
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    size = seal_in_this_transaction(at=at("09:01")).size
    scene.sealed = {"code": effective.code, "sequence": 1, "size": size, "old": size, "new": size}


@pytest.fixture
def now_of_the_scene() -> dt.datetime:
    return at("09:05")


def addresses() -> Iterator[str]:
    """The name of every address in the URLconf."""

    def walk(resolver: URLResolver, space: str) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry, f"{entry.namespace}:" if entry.namespace else space)
            elif isinstance(entry, URLPattern):
                yield f"{space}{entry.name or entry.pattern}"

    return walk(get_resolver(), "")


def parameters_of(name: str, scene: SimpleNamespace) -> dict[str, Any]:
    """Real codes for the address's parameters: those of Lin's things."""
    space = name.split(":")[0]
    codes = {
        "activities": scene.shift.code,
        "hours": scene.record.code,
        "organisation": scene.unit.code,
        "circulars": scene.circular.code,
        **dict.fromkeys(("people:team", "people:join_team", "people:leave_team"), scene.unit.code),
        "office:close_unit": scene.unit.code,
        "recognition": scene.star.code,
        "recognition:lift": scene.bar.code,
        "benefits": scene.benefit.code,
        **{f"benefits:{name}": scene.voucher.code for name in VOUCHER_PAGES},
        **{f"people:{name}": scene.roster.code for name in ROSTER_PAGES},
        **{f"people:{name}": scene.saved_list.code for name in LIST_PAGES},
        "recognition:end_privilege": scene.privilege.code,
        "timebank": scene.gift.code,
        "notices": scene.notice.code,
        "home:resend": scene.delivery.code,
        "timebank:debt": scene.debt.code,
        **{f"people:{name}": scene.paper.code for name in ("own_file", "withdraw_paper", "paper_file")},
        **{f"people:{name}": scene.slot.code for name in ("book_interview", "close_slot")},
        **{f"people:{name}": scene.insurance.code for name in ("insurance_of", "insurance_file", "uncover")},
        "people:retire_question": scene.question.code,
        "timebank:desk_team": scene.unit.code,
        "timebank:team": scene.unit.code,
        "timebank:withdraw_team_gift": scene.team_gift.code,
    }
    known: dict[str, Any] = {
        "code": codes.get(name) or codes.get(space, scene.application.code),
        "number": scene.lin.number,
        "signup": scene.signup.code,
        "token": scene.card.token if name.startswith("activities:card") else "AAAA",
        "kind": "application" if space == "home" else "privacy",
        "name": "publication_days",
        "what": "health",
        "channel": "mail",
        "role_code": scene.role.code,
        "relation": scene.relation.code,
        "brand": scene.brand.code,
        "move": scene.move.code,
        "parent": scene.joint.parent.code,
        **getattr(scene, "sealed", {}),
    }
    if name in ("office:erasure", "office:carry_out_erasure", "office:decline_erasure"):
        known["code"] = scene.erasure.code
    if name in OF_THE_DAUGHTER:
        known |= {"number": scene.daughter.number, "code": scene.ward.code, "wish": scene.wish.code}
        known["signup"] = scene.hers.code
    if name == "office:fetch_copy":
        known["code"] = scene.copy.code
    if name.startswith("office:") and name.endswith("merging"):
        known["code"] = scene.merge.code
    if name == "transparency:remove_recipient":
        known["code"] = scene.recipient.code
    if name == "timebank:withdraw_request":
        known["code"] = scene.request.code
    return {parameter: known[parameter] for parameter in next(wanted_by(name))}


def wanted_by(name: str) -> Iterator[list[str]]:
    """The parameters that an address asks for."""
    space, _, last = name.rpartition(":")
    resolver = get_resolver()
    if space:
        resolver = resolver.namespace_dict[space][1]
    for possibilities in resolver.reverse_dict.getlist(last):
        yield possibilities[0][0][1]


def knock(scene: SimpleNamespace, who: str, name: str, method: str) -> Answer:
    """Ask, note the answer, and undo whatever it did."""
    address = reverse(name, kwargs=parameters_of(name, scene))
    client = scene.clients[who]
    kept = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method.lower())(address, sent_to(name, scene) if method == "POST" else None)
        rows = lins_rows(scene)
        transaction.set_rollback(True)
    client.cookies = kept
    text = response.content.decode(errors="replace")
    return Answer(response.status_code, response.headers.get("Location", ""), text, rows)


def sent_to(name: str, scene: SimpleNamespace) -> dict[str, str]:
    """The few fields without which a door cannot tell what is meant; the others stay empty."""
    said = {
        "activities:set_places": {"post": scene.shift.posts.get().code},
        "activities:child_sign_up": {"post": scene.hers.post.code},
        "activities:sign_up_for": {"post": scene.hers.post.code},
    }
    return said.get(name, {})


def lins_rows(scene: SimpleNamespace) -> list[Any]:
    """What the house keeps of Lin and of the applicant, as plain values."""
    from xinglin.activities.models import Attendance, Post, Shift, Signup
    from xinglin.benefits.models import Benefit, Voucher
    from xinglin.hours.models import Record
    from xinglin.people.models import Application, Consent, Hardship, Move, Person, Qualification, Relation, Volunteer
    from xinglin.recognition.models import Bar, Grant
    from xinglin.timebank.models import Gift, Request

    person = scene.lin.person
    kept = [
        Shift.objects.filter(pk=scene.shift.pk),
        Post.objects.filter(shift=scene.shift),
        Signup.objects.filter(volunteer=scene.lin),
        Attendance.objects.filter(signup__volunteer=scene.lin),
        Record.objects.filter(person=person),
        Application.objects.filter(pk=scene.application.pk),
        Consent.objects.filter(person=person),
        Person.objects.filter(pk=person.pk),
        Qualification.objects.filter(volunteer=scene.lin),
        Grant.objects.filter(person=person),
        Voucher.objects.filter(person=person),
        Benefit.objects.filter(pk=scene.benefit.pk),
        Bar.objects.filter(person=person),
        Volunteer.objects.filter(pk=scene.lin.pk),
        Relation.objects.filter(person=person),
        Move.objects.filter(volunteer=scene.lin),
        Hardship.objects.filter(person=person),
        Gift.objects.filter(receiver=person),
        Request.objects.filter(person=person),
    ]
    return [list(rows.order_by("pk").values_list()) for rows in kept]
