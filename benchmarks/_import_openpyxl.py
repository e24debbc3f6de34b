"""The plain rival of `import.py`, frozen: openpyxl reads, python-stdnum and the words of the lists check, `bulk_create`
writes, all in one transaction.

What a careful person writes first: the same rows of the same models as ours, numbers sealed and findable in the same
way by the same library, batches of 2,000 as the house's own import had, and a look for documents and telephones that
the house knows already.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import re
import time
import unicodedata
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BATCH = 2000
MOBILE = re.compile(r"1[3-9]\d{9}")
LISTS = {"政治面貌": "political_status", "学历": "education", "从业状况": "employment"}
SEVERAL = {"专业特长": "speciality", "可服务时段": "availability_half_day"}
SHORT = {"education": {"大学专科": "30"}}
SEALING_KEY, INDEX_KEY = os.urandom(32), os.urandom(32)
CIPHER = AESGCM(SEALING_KEY)


def run(path: Path) -> float:
    """Take the file in; the seconds it took."""
    import openpyxl
    from django.db import transaction

    began = time.perf_counter()
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    headings = [str(cell).strip() for cell in next(rows)]
    good, bad = [], 0
    for row in rows:
        said = read(dict(zip(headings, row, strict=True)))
        if said is None:
            bad += 1
        else:
            good.append(said)
    with transaction.atomic():
        write(without_known(good))
    took = time.perf_counter() - began
    assert bad == 0, f"{bad} lines refused"
    return took


def read(cells: dict[str, Any]) -> dict[str, Any] | None:
    """One line, checked; None where anything is wrong."""
    from stdnum.cn import ric

    from xinglin.lib import codes

    said: dict[str, Any] = {}
    text = {name: " ".join(unicodedata.normalize("NFKC", str(cell or "")).split()) for name, cell in cells.items()}
    said["name"] = text["姓名"]
    if not said["name"] or len(said["name"]) > 60 or any(letter.isdigit() for letter in said["name"]):
        return None
    number = re.sub(r"[\s-]", "", text["证件号码"]).upper()
    if not re.fullmatch(r"[1-8]\d{16}[\dX]", number) or ric.calc_check_digit(number) != number[-1]:
        return None  # not `is_valid`: it lacks newer divisions
    said["born_on"], said["number"] = ric.get_birth_date(number), number
    said["sex"] = "M" if int(number[16]) % 2 else "F"
    if text["性别"] not in ("", "男" if said["sex"] == "M" else "女"):
        return None
    said["phone"] = re.sub(r"[\s-]", "", text["手机号码"])
    if said["phone"] and not MOBILE.fullmatch(said["phone"]):
        return None
    for column, name in LISTS.items():
        known = {**codes.codes(name), **SHORT.get(name, {})}
        known = {unicodedata.normalize("NFKC", word): code for word, code in known.items()}
        if text[column] and text[column] not in known:
            return None
        said[name] = known.get(text[column], "")
    for column, name in SEVERAL.items():
        words = [word for word in re.split(r"[、,;/\s]+", text[column]) if word]
        if any(word not in codes.codes(name) for word in words):
            return None
        said[name] = [codes.codes(name)[word] for word in words]
    said["joined_on"] = dt.datetime.strptime(text["加入日期"], "%Y-%m-%d").date()
    said["township"], said["unit"] = text["居住地"][:40], text["所属队伍"]
    said["id_blind"] = blind("person.id_number", f"01:{number}")
    said["phone_blind"] = blind("phone", said["phone"]) if said["phone"] else None
    return said


def without_known(good: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose document and telephone neither the house nor an earlier line has."""
    from xinglin.accounts.models import User
    from xinglin.people.models import Person

    fresh, seen = [], set()
    for start in range(0, len(good), BATCH):
        some = good[start : start + BATCH]
        persons = Person.objects.filter(id_blind__in=[one["id_blind"] for one in some])
        phones = User.objects.filter(phone_blind__in=[one["phone_blind"] for one in some if one["phone_blind"]])
        seen |= {bytes(known) for known in persons.values_list("id_blind", flat=True)}
        seen |= {bytes(known) for known in phones.values_list("phone_blind", flat=True)}
        for one in some:
            if not {one["id_blind"], one["phone_blind"]} & seen:
                seen |= {one["id_blind"], one["phone_blind"]} - {None}
                fresh.append(one)
    return fresh


def write(fresh: list[dict[str, Any]]) -> None:
    """Accounts, persons, volunteers, memberships and roles."""
    from xinglin.accounts.models import User
    from xinglin.lib import clock
    from xinglin.organisation.models import Role, Unit
    from xinglin.people import numbers
    from xinglin.people.models import Membership, Person, Volunteer

    now, units = clock.now(), {unit.name: unit for unit in Unit.objects.all()}
    given = numbers.take(len(fresh))
    users = []
    for number, one in zip(given, fresh, strict=True):
        user = User(login_name=number, name=one["name"], created_at=now, phone_blind=one["phone_blind"])
        user.phone_sealed = seal("phone", one["phone"]) if one["phone"] else None
        user.set_unusable_password()
        users.append(user)
    User.objects.bulk_create(users, batch_size=BATCH)
    persons = [
        Person(
            user=user,
            name=one["name"],
            sex=one["sex"],
            born_on=one["born_on"],
            id_kind="01",
            id_sealed=seal("person.id_number", one["number"]),
            id_blind=one["id_blind"],
            id_tail=one["number"][-4:],
            political_status=one["political_status"],
            education=one["education"],
            employment=one["employment"],
            township=one["township"],
            created_at=now,
        )
        for user, one in zip(users, fresh, strict=True)
    ]
    Person.objects.bulk_create(persons, batch_size=BATCH)
    volunteers = [
        Volunteer(
            number=number,
            person=person,
            joined_on=one["joined_on"],
            specialities=one["speciality"],
            half_days=one["availability_half_day"],
        )
        for number, person, one in zip(given, persons, fresh, strict=True)
    ]
    Volunteer.objects.bulk_create(volunteers, batch_size=BATCH)
    Membership.objects.bulk_create(
        [
            Membership(volunteer=volunteer, unit=units[one["unit"]], joined_on=one["joined_on"])
            for volunteer, one in zip(volunteers, fresh, strict=True)
        ],
        batch_size=BATCH,
    )
    Role.objects.bulk_create(
        [
            Role(user=user, unit=units[one["unit"]], name="volunteer", starts_at=now)
            for user, one in zip(users, fresh, strict=True)
        ],
        batch_size=BATCH,
    )


def seal(purpose: str, plain: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + CIPHER.encrypt(nonce, plain.encode(), purpose.encode())


def blind(purpose: str, plain: str) -> bytes:
    return hmac.new(INDEX_KEY, f"{purpose}\0{plain}".encode(), hashlib.sha256).digest()
