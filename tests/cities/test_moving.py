"""A city moves to another installation as one file: rows, numbers, keys and ledger as they were."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.db import connection

from conftest import at
from xinglin.accounts import queries as accounts
from xinglin.accounts.vault import vault
from xinglin.cities import actions, current, migrating, moving, queries
from xinglin.cities.errors import (
    BrokenFile,
    FilesThere,
    HostTaken,
    OtherMigrations,
    SlugTaken,
    WeakPassphrase,
    WrongPassphrase,
)
from xinglin.cities.tests.catalogue import described, rows
from xinglin.people.models import Person
from xinglin.people.tests.factories import make_person
from xinglin.timebank import actions as timebank
from xinglin.timebank import queries as statements
from xinglin.timebank.models import Transfer
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db
PASSPHRASE = "杏林春暖 is a long one"


@pytest.fixture
def file(tmp_path, lin, settings):
    """The city of the tests with some people and a ledger, exported."""
    settings.MEDIA_ROOT = tmp_path / "files"
    person = make_person()
    credit(person, 60, key="record:A")
    credit(person, 30, key="record:B")
    timebank.reverse(key="record:B", reversal_key="void:B", reason="", origin="", at=at("10:00"))
    path = tmp_path / "tested.city"
    moving.export(city=current.demand(), path=path, passphrase=PASSPHRASE, at=at("12:00"))
    return path


@pytest.fixture
def drop_moved():
    """For a test that commits."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA city_moved CASCADE")


def import_(file, **options):
    return moving.import_(path=file, passphrase=options.pop("passphrase", PASSPHRASE), at=at("13:00"), **options)


def test_a_moved_city_is_the_same_city(file, lin):
    city = import_(file, slug="moved", hosts=["moved.example.cn"])

    before = rows(current.schema())
    assert rows(city.schema_name) == before | {"django_session": 0}
    assert described(city.schema_name) == described(current.schema())
    with current.entered(city):
        there = Person.objects.get(pk=lin.person.pk)
        assert there.name == lin.person.name
        assert accounts.phone_of(there.user) == "13800000001"
        assert accounts.by_phone("13800000001") == there.user


@pytest.mark.django_db(transaction=True)
def test_the_ledger_is_intact_and_goes_on(file, drop_moved):
    city = import_(file, slug="moved")

    with current.entered(city):
        out = io.StringIO()
        call_command("verify_ledger", stdout=out)
        last = Transfer.objects.latest("id")
        person = Person.objects.latest("id")
        credit(person, 15, key="record:C")
        assert Transfer.objects.latest("id").pk == last.pk + 1
        assert statements.balance_of(person).free_minutes == 75
    assert "账是平的" in out.getvalue()
    assert not Transfer.objects.filter(key="record:C").exists()


def test_its_keys_come_along_and_are_wrapped_anew(file):
    here = current.demand()
    city = import_(file, slug="moved")

    assert city.vault == here.vault == vault()
    assert bytes(city.sealing_key) != bytes(here.sealing_key)
    assert bytes(city.signing_public) == bytes(here.signing_public)


def test_files_come_along(file, settings, tmp_path):
    from django.core.files.base import ContentFile

    from xinglin.cities.files import CityStorage

    CityStorage().save("proofs/a.txt", ContentFile(b"x" * 3_000_000))
    moving.export(city=current.demand(), path=file, passphrase=PASSPHRASE, at=at("12:00"))

    with current.entered(import_(file, slug="moved")):
        assert CityStorage().open("proofs/a.txt").read() == b"x" * 3_000_000


def test_the_file_shows_nothing_of_anyone(file):
    content = file.read_bytes()

    assert "林晓".encode() not in content
    assert vault().sealing_key not in content
    assert file.stat().st_mode & 0o077 == 0


def test_a_wrong_passphrase_opens_nothing(file):
    with pytest.raises(WrongPassphrase):
        import_(file, slug="moved", passphrase="another long one")


def test_a_short_passphrase_is_refused(tmp_path):
    with pytest.raises(WeakPassphrase):
        moving.export(city=current.demand(), path=tmp_path / "x", passphrase="short", at=at("12:00"))

    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_refused(file):
    with pytest.raises(SlugTaken):
        import_(file)


def test_another_migration_level_is_refused_by_name(file, monkeypatch):
    ours = migrating.applied(current.TEMPLATE_SCHEMA)
    monkeypatch.setattr(migrating, "applied", lambda _schema: ours | {"hours.0099_later"})

    with pytest.raises(OtherMigrations, match=r"hours\.0099_later"):
        import_(file, slug="moved")


@pytest.mark.parametrize("part", ["manifest.json", "keys", "data/timebank_transfer"])
def test_a_part_that_was_changed_is_noticed(file, tmp_path, part):
    changed = tmp_path / "changed.city"
    rewritten(file, changed, part, lambda content: content[:-1] + bytes([content[-1] ^ 1]))

    with pytest.raises(BrokenFile):
        import_(changed, slug="moved")

    assert "moved" not in [city.slug for city in queries.every_city()]


def test_a_manifest_that_was_written_anew_is_noticed(file, tmp_path):
    def rename(content: bytes) -> bytes:
        return json.dumps(json.loads(content) | {"name": "别的市"}).encode()

    rewritten(file, tmp_path / "changed.city", "manifest.json", rename)

    with pytest.raises(BrokenFile):
        import_(tmp_path / "changed.city", slug="moved")


def test_parts_that_changed_places_are_noticed(file, tmp_path):
    from xinglin.lib.passphrase import Sealer, Unreadable

    sealer = Sealer.new(PASSPHRASE)
    sealed = list(sealer.seal("data/a", [b"rows"]))

    assert b"".join(sealer.open("data/a", sealed)) == b"rows"
    for wrong in ([sealed, "data/b"], [[sealed[0][:-1]], "data/a"], [[*sealed, b"more"], "data/a"], [[], "data/a"]):
        with pytest.raises(Unreadable):
            list(sealer.open(wrong[1], wrong[0]))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_something_else_altogether_is_refused(tmp_path, content):
    (tmp_path / "x.city").write_bytes(content)

    with pytest.raises(BrokenFile):
        import_(tmp_path / "x.city")


def test_a_file_that_was_cut_short_is_refused(file, tmp_path):
    (tmp_path / "cut.city").write_bytes(file.read_bytes()[:-500])

    with pytest.raises(BrokenFile):
        import_(tmp_path / "cut.city", slug="moved")


def rewritten(source, target, part, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)


def test_a_closed_city_can_still_be_exported(tmp_path):
    city = actions.create(slug="yueqing", name="乐清市", at=at("09:00"))
    actions.close(city=city, at=at("10:00"))

    moving.export(city=city, path=tmp_path / "yueqing.city", passphrase=PASSPHRASE, at=at("12:00"))

    assert import_(tmp_path / "yueqing.city", slug="back").is_open


@pytest.fixture
def file_with_files(file):
    """The same with an upload in it."""
    from django.core.files.base import ContentFile

    from xinglin.cities.files import CityStorage

    CityStorage().save("proofs/a.txt", ContentFile(b"proof"))
    moving.export(city=current.demand(), path=file, passphrase=PASSPHRASE, at=at("12:00"))
    return file


def left_behind(settings):
    """What lies beside the exporting city's own files."""
    from pathlib import Path

    return sorted(path.name for path in Path(settings.MEDIA_ROOT).iterdir() if path.name != "city_tested")


def test_an_import_that_fails_at_the_last_moment_leaves_no_file(file_with_files, settings, monkeypatch):
    """The files are in their place already when the commit is refused: they go with everything else."""
    from django.db import transaction

    leave = transaction.Atomic.__exit__
    seen = []

    def refuse(self, kind, value, trace):
        if kind is None and "city_moved" in left_behind(settings) and not seen:
            seen.append(left_behind(settings))
            leave(self, RuntimeError, RuntimeError("the commit is refused"), None)
            raise RuntimeError("the commit is refused")
        return leave(self, kind, value, trace)

    monkeypatch.setattr(transaction.Atomic, "__exit__", refuse)
    with pytest.raises(RuntimeError, match="refused"):
        import_(file_with_files, slug="moved")

    assert seen == [["city_moved"]]
    assert left_behind(settings) == []
    assert not queries.every_city().filter(schema_name="city_moved").exists()


def test_an_import_that_fails_among_the_files_leaves_none(file_with_files, settings, monkeypatch):
    def half(archive, manifest, sealer, root):
        root.mkdir(parents=True)
        (root / "half").touch()
        raise BrokenFile(part="files/proofs/a.txt")

    monkeypatch.setattr(moving, "_put_files", half)
    with pytest.raises(BrokenFile):
        import_(file_with_files, slug="moved")

    assert left_behind(settings) == []


def test_a_host_that_is_taken_leaves_no_file(file_with_files, settings):
    with pytest.raises(HostTaken):
        import_(file_with_files, slug="moved", hosts=["localhost"])

    assert left_behind(settings) == []


def test_files_that_somebody_left_there_are_nobodys_to_overwrite(file_with_files, settings, tmp_path):
    kept = tmp_path / "files" / "city_moved" / "mine"
    kept.parent.mkdir()
    kept.touch()

    with pytest.raises(FilesThere):
        import_(file_with_files, slug="moved")

    assert kept.exists()
    assert left_behind(settings) == ["city_moved"]
