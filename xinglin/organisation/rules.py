"""The table role × verb, and who counts as staff. Printed as docs/ROLES.md."""

from __future__ import annotations

from collections.abc import Collection

# Staff decide over others: their roles count only in a session with a second factor.
STAFF = frozenset({"bureau_administrator", "coordinator", "reviewer", "auditor"})
ROLES = ("bureau_administrator", "coordinator", "team_leader", "reviewer", "auditor", "clerk", "volunteer")

# verb → (who may, what it means). A role at a unit reaches every unit below it.
VERBS: dict[str, tuple[frozenset[str], str]] = {
    "see_unit": (frozenset(ROLES), "看单位的名称、活动与班次"),
    "see_desk": (STAFF, "打开工作台"),
    "see_people": (STAFF | {"team_leader"}, "看本单位志愿者名册（证件号码、手机号码遮住）"),
    "decide_application": (frozenset({"bureau_administrator", "coordinator", "reviewer"}), "审核加入申请"),
    "decide_gate": (
        frozenset({"bureau_administrator", "coordinator", "reviewer"}),
        "审核各道关：看材料、定面谈结果，登记与收回",
    ),
    "keep_vetting": (
        frozenset({"bureau_administrator", "coordinator"}),
        "开面谈时段，管保险和题库",
    ),
    "edit_people": (frozenset({"bureau_administrator", "coordinator"}), "登记资格、暂停与恢复志愿者"),
    "correct_people": (
        frozenset({"bureau_administrator", "coordinator"}),
        "看过证件，更正姓名、出生日期、证件和手机号（本人收到通知）",
    ),
    "export_people": (frozenset({"bureau_administrator", "coordinator"}), "导出志愿者名单（号码遮住，要写原因）"),
    "import_people": (frozenset({"bureau_administrator", "coordinator"}), "导入志愿者名册"),
    "print_pin_slip": (frozenset({"bureau_administrator", "coordinator"}), "打印一次性 PIN 设置条"),
    "print_card": (frozenset({"bureau_administrator", "coordinator"}), "打印、挂失志愿者卡"),
    "see_number": (
        frozenset({"bureau_administrator", "coordinator"}),
        "写明理由，看一次完整的证件号码或手机号（本人看得到谁看过）",
    ),
    "assist_people": (
        frozenset({"bureau_administrator", "coordinator"}),
        "替不用手机的人和未成年人办理：登记、报名、提出注销",
    ),
    "erase_person": (frozenset({"bureau_administrator", "coordinator"}), "办理注销：本人要求的，或保存期限到了的"),
    "merge_people": (
        frozenset({"bureau_administrator", "coordinator"}),
        "合并同一个人的两个账号：一人提出，另一人决定",
    ),
    "edit_activities": (frozenset({"bureau_administrator", "coordinator"}), "建项目、活动、班次，定服务点位置与带队人"),
    "lead_shift": (
        frozenset({"bureau_administrator", "coordinator", "team_leader"}),
        "出示签到码、登记到场离场、确认签到",
    ),
    "sign_up_others": (
        frozenset({"bureau_administrator", "coordinator", "team_leader"}),
        "按群里的接龙名单替志愿者报名",
    ),
    "confirm_record": (frozenset({"bureau_administrator", "coordinator", "reviewer"}), "确认时长、作废时长"),
    "decide_star": (
        frozenset({"bureau_administrator", "coordinator", "reviewer"}),
        "看星级名单，公示期内收回星级，暂停与恢复升星",
    ),
    "set_star_scheme": (frozenset({"bureau_administrator"}), "定星级办法与各星的礼遇"),
    "edit_benefits": (frozenset({"bureau_administrator", "coordinator"}), "管权益目录：上架、修改、暂停、补货"),
    "redeem_voucher": (
        frozenset({"bureau_administrator", "coordinator", "team_leader", "clerk"}),
        "核销本单位权益的券，或者退回",
    ),
    "move_minutes": (
        frozenset({"bureau_administrator", "coordinator", "reviewer"}),
        "时间银行的发放、冲回、更正：一人提出，另一人决定",
    ),
    "give_of_team": (
        frozenset({"bureau_administrator", "coordinator", "team_leader"}),
        "看志愿服务队的时间，提出捐出（另一人决定）",
    ),
    "forgive_debt": (
        frozenset({"bureau_administrator", "coordinator", "reviewer"}),
        "免还欠的时间：一人提出，另一人决定",
    ),
    "fund_reserve": (frozenset({"bureau_administrator"}), "提出拨入储备（另一人决定）"),
    "see_ledger": (frozenset({"bureau_administrator", "auditor"}), "看时间银行总账与核对结果"),
    "name_auditors": (frozenset({"bureau_administrator"}), "定谁每天收到存证点"),
    "see_audit": (frozenset({"bureau_administrator", "auditor"}), "看审计记录"),
    "grant_role": (frozenset({"bureau_administrator"}), "授予与收回角色"),
    "name_helpers": (
        frozenset({"bureau_administrator", "coordinator"}),
        "请队长、核销员，也请他们卸任",
    ),
    "see_roles": (frozenset({"bureau_administrator", "coordinator", "auditor"}), "看谁在哪里有什么角色，有没有冲突"),
    "edit_units": (frozenset({"bureau_administrator"}), "建、改、移、停单位，定共建的上级"),
    "write_circular": (
        frozenset({"bureau_administrator", "coordinator"}),
        "给下面所有队伍写通知，看多少人打开过",
    ),
    "move_people": (
        frozenset({"bureau_administrator", "coordinator"}),
        "请志愿者转队、借调到别的队伍（本人同意才生效）",
    ),
    "describe_unit": (
        frozenset({"bureau_administrator", "coordinator", "team_leader"}),
        "定队伍怎样收人，写品牌故事",
    ),
    "set_policy": (frozenset({"bureau_administrator"}), "定政策（公示期、撤销时限等）"),
}


# What a unit decides about itself, about who has a say there, and about people's accounts, numbers and minutes. Whoever
# carries it jointly sees its people, plans and leads, and does not rule it; nor does whoever has borrowed somebody.
STAYS_AT_HOME = frozenset(
    {"edit_units", "describe_unit", "grant_role", "name_helpers", "set_policy", "set_star_scheme", "see_audit"}
    | {"edit_people", "move_people", "import_people", "export_people", "see_number", "print_pin_slip", "print_card"}
    | {"assist_people", "correct_people", "erase_person", "merge_people", "see_ledger", "name_auditors"}
    | {"fund_reserve", "move_minutes", "forgive_debt", "give_of_team"}
)


def roles_that_may(verb: str, *, second_factor: bool) -> frozenset[str]:
    """Roles whose holder may do `verb` now; without a second factor staff roles count for nothing."""
    roles = VERBS[verb][0]
    return roles if second_factor else roles - STAFF


def chain_of(path: str, *, step: int) -> list[str]:
    """The paths from the root down to `path` itself: a role at any of them reaches it."""
    return [path[:end] for end in range(step, len(path) + 1, step)]


ADMINISTRATOR = "bureau_administrator"


HELPERS = frozenset({"team_leader", "clerk"})


def verb_to_grant(role: str) -> str:
    """What one must be allowed to do in order to hand out `role`: whoever decides applications makes volunteers."""
    if role == "volunteer":
        return "decide_application"
    return "name_helpers" if role in HELPERS else "grant_role"


def grantable(may: Collection[str]) -> list[str]:
    """The roles that somebody may hand out who may do these verbs; volunteers come in by another door."""
    return [role for role in ROLES if role != "volunteer" and verb_to_grant(role) in may]


# Who holds both at units of which one reaches the other would look after their own doings.
_HANDS_ON = frozenset({"bureau_administrator", "coordinator", "reviewer", "team_leader", "clerk"})
CONFLICTS: dict[str, frozenset[str]] = {
    "auditor": _HANDS_ON,  # watches over what all of them do
    "reviewer": frozenset({"auditor", "team_leader"}),  # would confirm what they entered as a leader
    "team_leader": frozenset({"auditor", "reviewer"}),
    "bureau_administrator": frozenset({"auditor"}),
    "coordinator": frozenset({"auditor"}),
    "clerk": frozenset({"auditor"}),
}


def conflict(one: str, other: str) -> bool:
    """May the two roles not well be in one hand?"""
    return other in CONFLICTS.get(one, frozenset())
