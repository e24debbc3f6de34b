"""Who may open which page of people."""

from __future__ import annotations

import pytest
from django.test import Client

from conftest import at, sign_in
from tests.roles.knocking import METHODS, everyone_knocks, knock, lins_rows
from tests.roles.who import (
    APPLICANT,
    COORDINATE,
    COORDINATE_SOMEWHERE,
    DECIDE,
    DECIDE_SOMEWHERE,
    DESK,
    EVERYONE,
    LIN,
    PERSONS,
    SEE_LIN,
    SHUT,
    SIGNED_IN,
    VOLUNTEERS,
    Row,
)
from xinglin.organisation.models import Unit
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.teams import joining
from xinglin.people.tests.factories import make_staff

ROWS: dict[str, Row] = {
    "people:me": (SIGNED_IN, SHUT),
    "people:apply": (SIGNED_IN, SIGNED_IN),
    "people:application_state": (SIGNED_IN, SHUT),
    "people:withdraw": (SHUT, APPLICANT),
    "people:agreement": (VOLUNTEERS, VOLUNTEERS),
    "people:agreement_paper": (VOLUNTEERS, SHUT),
    "people:agreement_pdf": (VOLUNTEERS, SHUT),
    "people:agreement_copy": (DECIDE, SHUT),
    "people:end_licence": (SHUT, DECIDE),
    "people:consents": (PERSONS, SHUT),
    "people:change_consent": (SHUT, PERSONS),
    "people:child_consents": (LIN, SHUT),
    "people:change_child_consent": (SHUT, LIN),
    "people:card": (VOLUNTEERS, SHUT),
    "people:new_card": (SHUT, VOLUNTEERS),
    "people:lose_card": (SHUT, VOLUNTEERS),
    "people:print_cards": (SHUT, COORDINATE_SOMEWHERE),
    "people:void_card": (SHUT, COORDINATE),
    "people:desk": (DESK | {"leader", "other_leader"}, SHUT),
    "people:volunteer": (SEE_LIN, SHUT),
    "people:add_qualification": (SHUT, COORDINATE),
    "people:add_birthday": (SHUT, COORDINATE),
    "people:suspend": (SHUT, COORDINATE),
    "people:resume": (SHUT, COORDINATE),
    "people:slip": (COORDINATE, COORDINATE),
    "people:export": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "people:lists": (DESK | {"leader", "other_leader"}, SHUT),
    "people:new_list": (DESK | {"leader", "other_leader"}, DESK | {"leader", "other_leader"}),
    "people:open_list": (frozenset({"coordinator", "reviewer"}), SHUT),  # shared with those at work at her hospital
    "people:edit_list": (frozenset({"coordinator"}), frozenset({"coordinator"})),
    "people:delete_list": (SHUT, frozenset({"coordinator"})),
    "people:bulks": (COORDINATE_SOMEWHERE, SHUT),
    "people:choose": (SHUT, COORDINATE_SOMEWHERE),
    "people:bulk": (frozenset({"coordinator"}), SHUT),  # whoever began it: it names people of whom others may not know
    "people:begin_bulk": (SHUT, frozenset({"coordinator"})),
    "people:cancel_bulk": (SHUT, frozenset({"coordinator"})),
    "people:undo_bulk": (SHUT, frozenset({"coordinator"})),
    "people:bulk_sheet": (frozenset({"coordinator"}), SHUT),
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
    "people:honours": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
    "people:end_honour": (SHUT, COORDINATE),
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
    "people:answer_tie": (SHUT, LIN),
    "people:take_back_tie": (SHUT, COORDINATE),
    "people:take_back_guardian": (SHUT, COORDINATE),
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
    "people:details": (PERSONS, PERSONS),
    "people:data_of": (COORDINATE, COORDINATE),
    "people:phone": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),  # who works here comes by password
    "people:phone_code": (SIGNED_IN - {"unproven"}, SIGNED_IN - {"unproven"}),
    "people:phone_of": (COORDINATE, COORDINATE),
    "people:practical": (PERSONS, PERSONS),
    "people:practical_list": (COORDINATE_SOMEWHERE, SHUT),
    "people:practical_of": (COORDINATE, COORDINATE),
    "people:look": (COORDINATE, COORDINATE),
    "people:consents_of": (COORDINATE, SHUT),
    "people:change_consent_of": (SHUT, COORDINATE),
    "people:care": (COORDINATE, SHUT),
    "people:add_guardian": (SHUT, COORDINATE),
    "people:end_guardian": (SHUT, COORDINATE),
    "people:enter_consent": (SHUT, COORDINATE),
    "people:withdraw_guardian_consent": (SHUT, COORDINATE),
    "people:agreement_for": (COORDINATE, COORDINATE),
    "people:exam_for": (COORDINATE, COORDINATE),
    "people:add_assistance": (SHUT, COORDINATE),
    "people:end_assistance": (SHUT, COORDINATE),
    "people:household": (PERSONS, PERSONS),
    "people:let_family": (SHUT, PERSONS),
    "people:leave_household": (SHUT, PERSONS),
    "people:answer_household": (SHUT, LIN),
    "people:household_of": (COORDINATE, COORDINATE),
    "people:end_household": (SHUT, COORDINATE),
    "people:let_for": (SHUT, COORDINATE),
    "people:assistance_file": (COORDINATE, SHUT),
    "people:new_person": (COORDINATE_SOMEWHERE, COORDINATE_SOMEWHERE),
}

# Vetting is carried together; all else that coordinators do touches the account of Lin or of her daughter.
CARRIED = {"people:close_slot", "people:end_honour", "people:retire_question"}
CARRIED |= {"people:insurance_of", "people:insurance_file", "people:uncover"}
ONLY_AT_HOME = {name for name, row in ROWS.items() if COORDINATE in row} - CARRIED
ONLY_AT_HOME |= {"activities:sign_up_for", "office:erase_other"}


@pytest.mark.parametrize("name", sorted(ONLY_AT_HOME))
def test_who_carries_her_team_jointly_or_borrows_her_has_no_say_over_her_account(name, scene):
    lend(scene)

    for who in ("partner", "borrower"):
        for method in METHODS:
            answer = knock(scene, who, name, method)

            assert answer.outcome in ("refused", "shut"), f"{who} {method}"
            assert answer.rows_after == lins_rows(scene), f"{who} {method}"


def test_they_see_her_and_find_her_on_their_list_but_take_no_list_of_her_away(scene):
    lend(scene)

    for who in ("partner", "borrower"):
        her = knock(scene, who, "people:volunteer", "GET")
        listed = knock(scene, who, "people:desk", "GET")
        taken = knock(scene, who, "people:export", "GET")

        assert [said for said in (scene.lin.number, "138****0001") if said not in her.text] == [], who
        assert [door for door in ("/slip/", "/suspend/", "/look/") if door in her.text] == [], who
        assert scene.lin.number in listed.text, who
        assert "会导出 0 人" in taken.text, who


def lend(scene):
    """Lin helps out for some days at another hospital, whose coordinator knocks; so does one of the joint parent."""
    below = make_unit(parent=Unit.objects.get_root(scene.unit), name="瑞安市第三人民医院", kind="hospital")
    team = make_unit(parent=below, name="发热门诊队")
    joining.enter(volunteer=scene.lin, unit=team, by=None, at=at("08:00"), until=at("08:00", days=9))
    for who, unit in (("partner", scene.joint.parent), ("borrower", below)):
        scene.clients[who] = sign_in(Client(raise_request_exception=False), make_staff(unit=unit))


@pytest.mark.parametrize("name", ROWS)
def test_who_comes_in_and_what_a_stranger_finds(name, scene):
    everyone_knocks(name, ROWS[name], scene)
