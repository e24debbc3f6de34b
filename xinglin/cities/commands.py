"""Management commands know their city: `manage.py import_roster roster.xlsx --city ruian`, `verify_ledger --all`.

Done once, here, so that a command need not know of cities. Without a word about it, a command works in the only city
there is. `python -m xinglin.cities.commands migrate load_demo` runs several in one process: starting Django costs more
than most of them do, and somebody is waiting for the first page.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import django
from django.core.management import CommandError, call_command, execute_from_command_line, get_commands

from xinglin.lib.errors import Refusal
from xinglin.lib.terminal import Halt, say, say_halt

QUIETLY = {"migrate": {"interactive": False, "verbosity": 0}}
TOLD = {"migrate": ("整理数据表", "Bringing the tables up to date")}
# Django's own that look into a city's tables; of ours all do but those of cities itself and of the console.
OF_THE_INSTALLATION = {"city", "operator"}
OF_A_CITY = {"shell", "dbshell", "clearsessions", "changepassword", "createsuperuser", "dumpdata", "loaddata"}


@dataclass(frozen=True)
class Wish:
    """What a command line says about cities, and the line without it."""

    rest: list[str]
    slug: str = ""
    everywhere: bool = False


def run(arguments: Sequence[str]) -> None:
    """What manage.py does: the command, in the city that was asked for, or in each of all."""
    django.setup()
    name = arguments[1] if len(arguments) > 1 else ""
    if not is_of_a_city(name) or {"-h", "--help"} & set(arguments):
        execute_from_command_line(list(arguments))
        return
    wish = read(arguments)
    in_cities(wish, lambda: execute_from_command_line(wish.rest))


def read(arguments: Sequence[str]) -> Wish:
    """Take `--city SLUG`, `--city=SLUG` and `--all` out of a command line."""
    rest: list[str] = []
    slug, everywhere = "", False
    words = iter(arguments)
    for word in words:
        if word == "--city":
            slug = next(words, "")
        elif word.startswith("--city="):
            slug = word.partition("=")[2]
        elif word == "--all":
            everywhere = True
        else:
            rest.append(word)
    return Wish(rest, slug, everywhere)


def is_of_a_city(name: str) -> bool:
    """Does this command touch a city's data?"""
    app = get_commands().get(name, "")
    app = app if isinstance(app, str) else app.name
    if name in OF_THE_INSTALLATION:
        return False
    return name in OF_A_CITY or (app.startswith("xinglin.") and app != "xinglin.cities")


def in_cities(wish: Wish, work: Callable[[], None]) -> None:
    """Do the work in the city wished for; in all of them one after the other, the failing ones named at the end."""
    from xinglin.cities import current, queries

    try:
        with current.outside():
            cities = queries.open_cities() if wish.everywhere else [_chosen(wish.slug)]
    except Refusal as refusal:
        raise Halt(str(refusal), "Name one city by --city, or take --all.") from None
    failed = []
    for city in cities:
        current.make_home(city)  # for threads of the command, too
        if wish.everywhere:
            say(f"—— {city.slug} {city.name}", "")
        try:
            work()
        except SystemExit as end:
            if not wish.everywhere:
                raise
            if end.code:
                failed.append(city.slug)
        finally:
            current.make_home(None)
    if failed:
        raise Halt(f"这些城市没有成功：{'、'.join(failed)}", f"Failed: {', '.join(failed)}", exit_code=1)


def main(names: list[str]) -> int:
    """Run each in turn; the first that fails is named and ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.settings")
    django.setup()
    for name in names:
        say(*TOLD.get(name, (f"运行 {name}", f"Running {name}")))
        try:
            if is_of_a_city(name):
                in_cities(Wish([]), partial(_call, name))
            else:
                call_command(name, **QUIETLY.get(name, {}))
        except CommandError as trouble:
            return say_halt(Halt(f"{name} 没有成功：{trouble}", f"{name} failed.", exit_code=1))
    return 0


def _call(name: str) -> None:
    call_command(name)


def _chosen(slug: str):  # type: ignore[no-untyped-def]
    from xinglin.cities import queries

    return queries.by_slug(slug) if slug else queries.the_only_city()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Halt as halt:
        sys.exit(say_halt(halt))
