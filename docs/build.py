"""Writes the documents that are printed from code: `python docs/build.py` makes ROLES.md and REFUSALS.md anew."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
APPS = (
    "lib",
    "cities",
    "audit",
    "accounts",
    "notices",
    "organisation",
    "circulars",
    "people",
    "people.bulk",
    "people.teams",
    "people.vetting",
    "diary",
    "timebank",
    "hours",
    "transparency",
    "projects",
    "activities",
    "activities.minors",
    "activities.walkins",
    "office",
    "home",
    "recognition",
    "benefits",
)
DO_NOT_EDIT = "<!-- Printed from the code by `python docs/build.py`; a test compares. -->\n"


def main() -> None:
    """Write each printed document."""
    sys.path.insert(0, str(DOCS.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.settings")
    importlib.import_module("django").setup()
    for name, text in printed().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def printed() -> dict[str, str]:
    """What each printed document must say today."""
    return {"ROLES.md": roles(), "REFUSALS.md": refusals()}


def roles() -> str:
    """The table role × verb, and the policies with the value that holds where no unit has set one."""
    from xinglin.organisation import policies, rules
    from xinglin.organisation.models import Role

    names = [f"{Role.Name(role).label} `{role}`" for role in rules.ROLES]
    lines = [
        "# 谁可以做什么 · Who may do what\n",
        DO_NOT_EDIT,
        "A role is held at a unit and reaches every unit below it. `may(user, verb, unit)` is the one question; the",
        "table stands in `xinglin/organisation/rules.py`. Roles marked ✦ decide over others: they count only in a",
        "session that has shown a second factor (password and code).\n",
        _row(
            "做什么",
            "verb",
            *(f"{said} ✦" if role in rules.STAFF else said for role, said in zip(rules.ROLES, names, strict=True)),
        ),
        _row(*["---"] * (2 + len(names))),
    ]
    for verb, (allowed, meaning) in rules.VERBS.items():
        lines.append(_row(str(meaning), f"`{verb}`", *("●" if role in allowed else "" for role in rules.ROLES)))
    lines += [
        "\nBesides, everyone signed in sees and changes what is their own: sign-ups, hours, minutes, application and",
        "consents. Nobody decides over themselves.\n",
        "## 政策 · Policies\n",
        "What differs by place is a policy: a unit sets it, from a day on, for itself and all below it; the nearest",
        "unit upward decides. Where none has set it, this holds:\n",
        _row("名称", "meaning 决定什么", "default 默认"),
        _row("---", "---", "---"),
    ]
    for name, default in policies.DEFAULTS.items():
        lines.append(_row(f"`{name}`", str(default.meaning), f"`{json.dumps(default.value, ensure_ascii=False)}`"))
    return "\n".join(lines) + "\n"


def refusals() -> str:
    """Every refusal: its code, its sentence, and when it is said."""
    lines = [
        "# 系统什么时候说不 · Refusals\n",
        DO_NOT_EDIT,
        "A refusal is no error: the system says no and what to do next. A page shows the sentence; a program reads",
        "the code (RFC 9457, `application/problem+json`). `{…}` stands for a fact. Codes stay, sentences may change.\n",
    ]
    for app in APPS:
        found = list(refusals_of(app))
        if found:
            lines += [f"## {app}\n", _row("code", "status", "when", "sentence 说什么"), _row(*["---"] * 4)]
            lines += [_row(f"`{kind.code}`", kind.status, _when(kind), str(kind.message)) for kind in found]
            lines.append("")
    return "\n".join(lines)


def refusals_of(app: str) -> Iterator[Any]:
    """The refusals that an app's errors.py defines and that can be raised as they stand."""
    from xinglin.lib.errors import Refusal

    try:
        module = importlib.import_module(f"xinglin.{app}.errors")
    except ModuleNotFoundError:
        return
    for kind in vars(module).values():
        is_ours = inspect.isclass(kind) and issubclass(kind, Refusal) and kind.__module__ == module.__name__
        if is_ours and kind is not Refusal and "code" in vars(kind):
            yield kind


def _when(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
