"""The scene behind all doors: one hospital at work, and one client for each who knocks."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from conftest import at, member, sign_in, staff

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
    from xinglin.people import actions, asking, assisting, cards, guardians, relations
    from xinglin.people.bulk import running
    from xinglin.people.households import living
    from xinglin.people.lists import saving
    from xinglin.people.teams import moving
    from xinglin.people.tests.factories import (
        PNG,
        make_application,
        make_checked_roster,
        make_insurance,
        make_paper,
        make_person,
        make_slot,
        make_texts,
        make_volunteer,
    )
    from xinglin.people.vetting import exams, honouring, interviews
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
    agreed = assisting.Paper("self", "", "同意书", content=PNG)
    helped = assisting.register(person=daughter.person, said=agreed, by=wang, at=at("08:00"))
    far = member(name="罗远", number="V000781", phone="13800000781", unit=red)
    of_lin = asking.relate(person=lin.person, relative=far.person, kind="friend", paper="当面", by=wang, at=early)
    of_hers = asking.guard(
        child=daughter.person, guardian=far.person, capacity="other", paper="委托书", by=wang, at=early
    )
    twin = member(name="林晓", number="V000779", phone="13800000779", unit=blue)
    mothers = living.register(person=lin.person, other=mother.person, paper="户口簿", by=wang, at=early)
    living.let_sign_up(person=mother.person, lets=True, at=early)
    mother_comes = make_signup(shift, mother)
    mother_comes.taken_by = lin.person.user
    mother_comes.save(update_fields=["taken_by"])
    said = {"what": "relation", "kind": "friend", "paper": "当面"}
    asks_lin = asking.AskedTie.objects.create(
        person=stranger.person, other=lin.person, asked_by=wang, asked_at=early, **said
    )
    asked_home = living.invite(person=twin.person, other=lin.person, at=early)
    merge = merging.propose(kept=lin.person, gone=twin.person, paper="身份证", by=wang, at=at("08:00"))
    erasure = erasing.ask(person=lin.person, by=lin.person.user, at=at("08:00"))
    copy, _is_new = copies.ask(person=lin.person, by=lin.person.user, at=at("08:00"))
    copies.make(code=copy.code, at=at("08:01"))
    daughters_copy, _is_new = copies.ask(person=daughter.person, by=wang, at=at("08:00"))
    copies.make(code=daughters_copy.code, at=at("08:01"))
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
        bulk=running.choose(volunteers=type(lin).objects.filter(pk=lin.pk), by=wang, at=early),
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
        helped=helped,
        mothers=mothers,
        mother_comes=mother_comes,
        asked_home=asked_home,
        of_lin=of_lin,
        of_hers=of_hers,
        asks_lin=asks_lin,
        erasure=erasure,
        copy=copy,
        daughters_copy=daughters_copy,
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
        licence=actions.add_qualification(
            volunteer=lin, kind="执业医师", proof_seen=True, valid_until=None, by=wang, at=early
        ),
        insurance=make_insurance(blue, by=wang, at=early, covers=[lin]),
        slot=slot,
        honour=honouring.honour(unit=hospital, of_unit=beside, by=wang, at=early),
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


@pytest.fixture
def now_of_the_scene() -> dt.datetime:
    return at("09:05")
