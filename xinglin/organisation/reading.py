"""What an entry of the trail was about, in words: its codes are resolved to the names they have today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xinglin.accounts.models import User
from xinglin.audit.models import Entry
from xinglin.lib import clock
from xinglin.organisation import policies
from xinglin.organisation.models import Brand, Role, Unit

FIELDS = {
    "name": lambda: _("名称"),
    "kind": lambda: _("类别"),
    "level": lambda: _("层级"),
    "division_code": lambda: _("区划代码"),
    "credit_code": lambda: _("统一社会信用代码"),
    "service": lambda: _("服务类别"),
}
CHOICES: dict[str, Any] = {"kind": Unit.Kind, "level": Unit.Level, "service": Unit.Service, "joining": Unit.Joining}


@dataclass(frozen=True)
class Known:
    """Whom and what the codes of some entries stand for."""

    people: dict[str, str]
    units: dict[str, Unit]
    brands: dict[str, str]

    def person(self, code: str) -> str:
        return self.people.get(code, "")

    def unit(self, code: str) -> str:
        found = self.units.get(code)
        return found.name if found is not None else ""


def known(entries: Iterable[Entry]) -> Known:
    """All that these entries name: three queries, however many they are."""
    people, units, brands = set(), set(), set()
    for entry in entries:
        facts, is_of_person = entry.facts, entry.verb == "moved_role"
        people |= {entry.actor_code, facts.get("user", "")}
        units |= {entry.thing.removeprefix("unit:")} | {facts.get(key, "") for key in ("above", "successor", "parent")}
        (people if is_of_person else units).update({facts.get("from", ""), facts.get("to", "")})
        brands.add(facts.get("brand", ""))
    return Known(
        {user.code: _called(user) for user in User.objects.filter(code__in=people - {""})},
        {unit.code: unit for unit in Unit.objects.filter(code__in=units - {""})},
        dict(Brand.objects.filter(code__in=brands - {""}).values_list("code", "name")),
    )


def about(entry: Entry, known: Known) -> list[str]:
    """What exactly was done, as short lines; empty where the verb says it all."""
    return [line for line in _about(entry, known) if line]


def _about(entry: Entry, known: Known) -> list[str]:
    facts = entry.facts
    match entry.verb:
        case "granted_role":
            return [_who_is_what(facts, known), _until(facts.get("until"))]
        case "changed_term":
            return [_who_is_what(facts, known), _change(_until(facts.get("before")), _until(facts.get("until")))]
        case "ended_role":
            return [_who_is_what(facts, known)]
        case "moved_role":
            people = _change(known.person(facts.get("from", "")), known.person(facts.get("to", "")))
            return [_said(Role.Name, facts.get("role", "")), people]
        case "set_policy":
            return _of_policy(facts)
        case "added_unit":
            return [_said(Unit.Kind, facts.get("kind", "")), _labelled(_("上级"), known.unit(facts.get("above", "")))]
        case "edited_unit":
            return [_of_field(field, *facts[field]) for field in FIELDS if isinstance(facts.get(field), list)]
        case "moved_unit":
            return [_change(known.unit(facts.get("from", "")), known.unit(facts.get("to", "")))]
        case "closed_unit":
            return [_labelled(_("接手单位"), known.unit(facts.get("successor", "")))]
        case "set_joining":
            return [_change(*(_said(Unit.Joining, facts.get(key, "")) for key in ("before", "after")))]
        case "added_joint" | "ended_joint":
            return [known.unit(facts.get("parent", ""))]
        case "added_brand" | "ended_brand":
            return [known.brands.get(facts.get("brand", ""), "")]
    return []


def _called(user: User) -> str:
    """Whose account was closed with their data is named no more."""
    return user.name or (user.login_name if user.is_active else _("（已注销）"))


def _who_is_what(facts: dict[str, Any], known: Known) -> str:
    role, person = _said(Role.Name, facts.get("role", "")), known.person(facts.get("user", ""))
    return " · ".join(part for part in (role, person) if part)


def _until(moment: str | None) -> str:
    if not moment:
        return _("一直有效")
    return _("到 %(day)s") % {"day": clock.last_day(dt.datetime.fromisoformat(moment)).isoformat()}


def _of_policy(facts: dict[str, Any]) -> list[str]:
    name = facts.get("policy", "")
    if name not in policies.DEFAULTS:  # one that a later release knows no more
        return [name]
    before, after = (policies.in_words(name, facts[key]) if key in facts else "" for key in ("before", "after"))
    starts_at = facts.get("starts_at")
    day = clock.local_day(dt.datetime.fromisoformat(starts_at)).isoformat() if starts_at else ""
    return [str(policies.DEFAULTS[name].meaning), _change(before, after), _("%(day)s 起") % {"day": day} if day else ""]


def _of_field(field: str, before: str, after: str) -> str:
    choices = CHOICES.get(field)
    said = [_said(choices, value) if choices else value for value in (before, after)]
    return _labelled(FIELDS[field](), _change(*said))


def _said(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _change(before: str, after: str) -> str:
    return f"{before or '–'} → {after or '–'}"


def _labelled(label: str, said: str) -> str:
    return _("%(label)s：%(said)s") % {"label": label, "said": said} if said else ""
