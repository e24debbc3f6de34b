"""Which thing of Lin's a door is asked for: the parameters of its address, and the few fields that are sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.urls import get_resolver

OF_THE_DAUGHTER = frozenset(
    {"people:enter_consent", "people:withdraw_guardian_consent", "people:child_consents", "people:change_child_consent"}
    | {"people:take_back_guardian"}
    | {"people:care", "people:add_guardian", "people:end_guardian", "people:add_assistance", "people:end_assistance"}
    | {"activities:sign_up_for", "activities:child_consent", "activities:child_wish", "activities:child_shifts"}
    | {"activities:child_sign_up", "activities:child_cancel"}
    | {"people:agreement_for", "people:exam_for", "activities:leave_for", "office:copy_for", "office:fetch_copy_for"}
)
BULK_PAGES = ("bulk", "begin_bulk", "cancel_bulk", "undo_bulk", "bulk_sheet")
LIST_PAGES = ("open_list", "edit_list", "delete_list")
ROSTER_PAGES = ("import", "begin_import", "drop_import", "import_back")
VOUCHER_PAGES = ("voucher", "give_back", "scan", "desk_voucher", "use", "refuse")


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
        **{f"people:{name}": scene.bulk.code for name in BULK_PAGES},
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
        "people:end_honour": scene.honour.code,
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
        "licence": scene.licence.pk,
        "channel": "mail",
        "role_code": scene.role.code,
        "relation": scene.relation.code,
        "brand": scene.brand.code,
        "unit": scene.unit.code,
        "move": scene.move.code,
        "parent": scene.joint.parent.code,
        **getattr(scene, "sealed", {}),
    }
    if name in ("office:erasure", "office:carry_out_erasure", "office:decline_erasure"):
        known["code"] = scene.erasure.code
    ties = {"people:answer_tie": scene.asks_lin, "people:take_back_guardian": scene.of_hers}
    known["asked"] = ties.get(name, scene.of_lin).code
    if name in OF_THE_DAUGHTER:
        known |= {"number": scene.daughter.number, "code": scene.ward.code, "wish": scene.wish.code}
        known["signup"] = scene.hers.code
    known["member"] = scene.asked_home.code if name == "people:answer_household" else scene.mothers.code
    if name == "activities:family_cancel":
        known["signup"] = scene.mother_comes.code
    if name == "people:assistance_file":
        known |= {"number": scene.daughter.number, "code": scene.helped.code}
    if name == "office:fetch_copy":
        known["code"] = scene.copy.code
    if name == "office:fetch_copy_for":
        known["code"] = scene.daughters_copy.code
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


def sent_to(name: str, scene: SimpleNamespace) -> dict[str, str]:
    """The few fields without which a door cannot tell what is meant; the others stay empty."""
    said = {
        "activities:set_places": {"post": scene.shift.posts.get().code},
        "activities:child_sign_up": {"post": scene.hers.post.code},
        "activities:sign_up_for": {"post": scene.hers.post.code},
    }
    return said.get(name, {})
