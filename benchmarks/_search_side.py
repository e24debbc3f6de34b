"""The process of `search.py` that fills a city with made-up people and asks for them."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import django

from benchmarks import _search_rival as rival
from benchmarks._import_roster import FAMILY_NAMES, GIVEN_NAMES, TEAMS, team
from benchmarks._import_side import enter, plant
from benchmarks._side import serve

CHUNK = 5_000  # as an import takes them in
SPECIALITIES = tuple(f"{number:02}" for number in range(1, 24))
QUALIFICATIONS = ("执业医师", "护士执业", "急救培训导师", "心理咨询师", "手语翻译")
GATES = ("papers", "interview", "training", "health")
MOST_STARS = 5
Made = dict[str, Any]


def made_up(people: int, seed: int) -> Iterator[Made]:
    """Everybody, in the order of their numbers."""
    chance = random.Random(seed)
    for number in range(1, people + 1):
        yield {
            "number": f"V{number:07d}",
            "name": chance.choice(FAMILY_NAMES) + "".join(chance.choices(GIVEN_NAMES, k=chance.choice((1, 2, 2, 2)))),
            "phone": f"1{3_000_000_000 + number * 37}",
            "team": chance.randint(1, TEAMS),
            "specialities": chance.sample(SPECIALITIES, k=chance.randint(0, 2)),
            "qualification": chance.choice(QUALIFICATIONS) if chance.random() < 0.01 else "",
            "gate": chance.choice(GATES) if chance.random() < 0.02 else "",
            "state": "suspended" if chance.random() < 0.003 else "active",
            "stars": chance.choice((1, 2, 3, 4, 5)) if chance.random() < 0.05 else 0,
        }


def prepare(told: dict[str, Any]) -> Callable[[Any], Any]:
    """Fill the city, and for the rival its flat table."""
    django.setup()
    plant()
    enter()
    fill(made_up(told["people"], told["seed"]))
    if told["with_rival"]:
        rival.fill(map(flat, made_up(told["people"], told["seed"])))
    return lambda wish: asked(told, each=wish["asked"])


def asked(told: dict[str, Any], *, each: int) -> dict[str, dict[str, list[float]]]:
    """The seconds of each question."""
    from xinglin.lib import clock
    from xinglin.people import search

    user, now = administrator(), clock.now()
    for questions in kinds(told, each=each, others=1).values():
        for question, plainly in questions:  # uncounted: a connection that has just been made has much to look up
            search.find(user, question, at=now)
            if told["with_rival"]:
                rival.find(user, plainly)
    found: dict[str, dict[str, list[float]]] = {"ours": {}} | ({"rival": {}} if told["with_rival"] else {})
    for kind, questions in kinds(told, each=each).items():
        for question, plainly in [questions[0], *questions]:  # the first one twice: it warms up
            began = time.perf_counter()
            page = search.find(user, question, at=now)
            between = time.perf_counter()
            found["ours"].setdefault(kind, []).append(between - began)
            if told["with_rival"]:
                began = time.perf_counter()
                rows = rival.find(user, plainly)
                found["rival"].setdefault(kind, []).append(time.perf_counter() - began)
                assert [one.number for one in page.rows] == [row[0] for row in rows[:50]], (
                    kind,
                    question,
                    plainly,
                )
        for times in found.values():
            del times[kind][0]
    return found


def kinds(told: dict[str, Any], *, each: int, others: int = 0) -> dict[str, list[tuple[Any, dict[str, str]]]]:
    """Ten kinds of questions, each with what the rival is asked instead; `others` gives other ones of each kind."""
    from xinglin.organisation.models import Unit
    from xinglin.people.search import Asked

    chance = random.Random(told["seed"] + 1 + others)
    numbers = {chance.randint(1, told["people"]) for _ in range(each * 4)}
    known = [
        one
        for number, one in enumerate(islice(made_up(told["people"], told["seed"]), 0, max(numbers)), 1)
        if number in numbers
    ]
    whom = [chance.choice(known) for _ in range(each)]
    units = {unit.name: unit for unit in Unit.objects.all()}
    full, initials = (lambda one: spelt(one)[0]), (lambda one: spelt(one)[1])
    long = [one for one in known if len(one["name"]) == 3]
    given = [chance.choice(long) for _ in range(each)]
    return {
        "name": [(Asked(text=one["name"]), {"name": one["name"]}) for one in given],
        "part of a name": [(Asked(text=one["name"][1:]), {"name": one["name"][1:]}) for one in given],
        "pinyin": [(Asked(text=full(one)), {"pinyin": full(one)}) for one in given],
        "initials": [(Asked(text=initials(one)), {"initials": initials(one)}) for one in given],
        "phone": [(Asked(text=one["phone"]), {"phone": one["phone"]}) for one in whom],
        "number": [(Asked(text=one["number"]), {"number": one["number"]}) for one in whom],
        "name in a team": [
            (
                Asked(text=one["name"][:2], unit=units[team(one["team"])]),
                {"name": one["name"][:2], "team": f"{team(one['team'])}|"},
            )
            for one in whom
        ],
        "speciality and initials": [
            (
                Asked(text=initials(one), speciality=one["specialities"][0]),
                {"initials": initials(one), "specialities": one["specialities"][0]},
            )
            for one in [chance.choice([one for one in long if one["specialities"]]) for _ in range(each)]
        ],
        "gate or paper, by name": [
            (Asked(text=one["name"][1:], gate="health"), {"name": one["name"][1:], "gates": "health"}) for one in given
        ],
        "state and star": [
            (Asked(state="suspended", more={"star": str(stars)}), {"state": "suspended", "stars": f"{stars}"})
            for stars in chance.choices((1, 2, 3, 4, 5), k=each)
        ],
    }


def administrator() -> Any:
    from xinglin.accounts import actions as accounts
    from xinglin.lib import clock
    from xinglin.organisation import actions as organisation
    from xinglin.organisation import queries

    user = accounts.register(login_name="bench", name="测速", at=clock.now())
    root = queries.root_unit()
    organisation.grant_role(user=user, unit=root, name="bureau_administrator", granted_by=None, at=clock.now())
    user.has_second_factor = True
    return user


def spelt(one: Made) -> tuple[str, str]:
    from xinglin.lib import pinyin

    reading = pinyin.readings(one["name"])[0]
    return "".join(reading), "".join(syllable[0] for syllable in reading)


def flat(one: Made) -> tuple[str, ...]:
    """The rival's row. Where a name is read in several ways, all of them; words are kept apart by a bar."""
    from xinglin.lib import pinyin

    readings = pinyin.readings(one["name"])
    full = "|".join("".join(reading) for reading in readings)
    initials = "|".join("".join(syllable[0] for syllable in reading) for reading in readings)
    stars = "|".join(str(level) for level in range(1, one["stars"] + 1))
    said = (full, initials, one["phone"], f"{team(one['team'])}|", "|".join(one["specialities"]))
    return (one["number"], *said, one["qualification"], one["gate"], stars)


def fill(people: Iterator[Made]) -> None:
    """All tables by COPY, without what would check each row on the way."""
    from django.db import IntegrityError, connection, transaction

    tables = ("accounts_user", "people_person", "people_sought", "people_volunteer", "people_membership")
    tables += ("people_qualification", "people_gate", "recognition_grant", "organisation_unit")
    first = Filling()
    while some := list(islice(people, CHUNK)):
        for _code_drawn_twice in range(5):  # among millions; an import draws anew as well
            with suppress(IntegrityError), transaction.atomic():
                first.write(some)
                break
        else:
            raise AssertionError("the codes of people collide again and again")
    connection.commit() if not connection.get_autocommit() else None
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")


class Filling:
    """Rows of everybody, in the tables that a search reads."""

    def __init__(self) -> None:
        from xinglin.organisation.models import Unit
        from xinglin.recognition.models import Scheme

        now = dt.datetime.now(dt.UTC)
        self.units = {unit.name: unit.pk for unit in Unit.objects.all()}
        root = Unit.objects.get(depth=1)
        self.scheme = Scheme.objects.create(
            unit=root, version=1, name="星", thresholds=[1, 2, 3, 4, 5], starts_at=now, set_at=now
        )
        self.root, self.now, self.day = root.pk, now.isoformat(), now.date().isoformat()

    def write(self, some: list[Made]) -> None:
        from xinglin.accounts import actions as accounts
        from xinglin.accounts import queries as accounts_queries
        from xinglin.lib.copy_rows import binary, copy_in, draw_ids, line, words
        from xinglin.lib.ids import short_codes
        from xinglin.people import taking_in

        users = accounts.register_many(
            newcomers=[
                accounts.Newcomer(one["number"], one["name"], one["phone"], accounts_queries.sealed_phone(one["phone"]))
                for one in some
            ],
            at=dt.datetime.fromisoformat(self.now),
        )
        persons, volunteers = draw_ids(taking_in.PERSONS, len(some)), draw_ids(taking_in.VOLUNTEERS, len(some))
        codes, all_ = short_codes(3 * len(some)), list(zip(some, users, persons, volunteers, strict=True))
        copy_in(
            taking_in.SOUGHT,
            taking_in.SOUGHT_COLUMNS,
            taking_in.lines_of_words(
                taking_in.ToBeSought(person, volunteer, one["number"], one["name"], one["state"], one["specialities"])
                for one, _u, person, volunteer in all_
            ),
        )
        copy_in(
            taking_in.PERSONS,
            taking_in.PERSON_COLUMNS,
            [
                line(
                    str(person),
                    code,
                    str(user),
                    one["name"],
                    "F",
                    "1970-01-01",
                    "01",
                    binary(b"-"),
                    binary(hashlib.sha256(one["number"].encode()).digest()),
                    "0000",
                    "",
                    "",
                    "",
                    "",
                    self.now,
                )
                for (one, user, person, _v), code in zip(all_, codes, strict=False)
            ],
        )
        copy_in(
            taking_in.VOLUNTEERS,
            taking_in.VOLUNTEER_COLUMNS,
            [
                line(
                    str(volunteer),
                    one["number"],
                    str(person),
                    one["state"],
                    "",
                    self.day,
                    words(one["specialities"]),
                    "{}",
                    "",
                )
                for one, _u, person, volunteer in all_
            ],
        )
        copy_in(
            taking_in.MEMBERSHIPS,
            taking_in.MEMBERSHIP_COLUMNS,
            [line(str(volunteer), str(self.units[team(one["team"])]), self.day) for one, _u, _p, volunteer in all_],
        )
        copy_in(
            "people_qualification",
            ("volunteer_id", "kind", "checked_by_id", "checked_at"),
            [
                line(str(volunteer), one["qualification"], str(user), self.now)
                for one, user, _p, volunteer in all_
                if one["qualification"]
            ],
        )
        copy_in(
            "people_gate",
            ("code", "volunteer_id", "kind", "passed_on", "decided_at", "source", "end_reason"),
            [
                line(code, str(volunteer), one["gate"], self.day, self.now, "", "")
                for (one, _u, _p, volunteer), code in zip(all_, codes[len(some) :], strict=False)
                if one["gate"]
            ],
        )
        stars = [(person, level) for one, _u, person, _v in all_ for level in range(1, one["stars"] + 1)]
        copy_in(
            "recognition_grant",
            GRANT_COLUMNS,
            [
                line(
                    code, str(person), str(self.scheme.pk), str(self.root), str(level), self.now, self.now, self.now, ""
                )
                for (person, level), code in zip(stars, short_codes(len(stars)), strict=True)
            ],
        )


GRANT_COLUMNS = (
    *("code", "person_id", "scheme_id", "unit_id", "level", "reached_at", "granted_at", "published_until"),
    "withdraw_reason",
)


if __name__ == "__main__":
    serve(prepare)
