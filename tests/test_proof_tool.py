"""tools/verify_proof.py, as an auditor runs it: apart from the project, on files that were downloaded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cryptography
import pytest
from django.test import Client

from conftest import at, sign_in
from xinglin.audit import actions as audit
from xinglin.audit import queries as log
from xinglin.audit.tests.factories import seal_in_this_transaction
from xinglin.timebank.tests.factories import credit

pytestmark = pytest.mark.django_db

TOOL = Path(__file__).parent.parent / "tools" / "verify_proof.py"
NEEDED = ("cryptography", "cffi", "_cffi_backend*", "pycparser", "typing_extensions.py")


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """A folder in which nothing but `cryptography` and what it needs can be imported."""
    site = Path(cryptography.__file__).parent.parent
    bare = tmp_path_factory.mktemp("bare")
    for pattern in NEEDED:
        for found in site.glob(pattern):
            (bare / found.name).symlink_to(found)
    shutil.copy(TOOL, bare / "verify_proof.py")
    return bare


def run(bare: Path, *arguments: Any) -> tuple[int, str]:
    """Isolated, without site packages: the tool sees the standard library and the bare folder."""
    program = f"import sys; sys.path.insert(0, {str(bare)!r}); import verify_proof; sys.exit(verify_proof.main())"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, *map(str, arguments)],
        capture_output=True, text=True, cwd=bare, timeout=60, check=False, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def client_of_lin(lin) -> Client:
    credit(lin.person, 120, key="record:A", reason="门诊导医")
    for number in range(40):
        audit.record(actor=None, verb="tried", thing=f"thing:{number}", at=at("09:00"))
    seal_in_this_transaction(at=at("09:01"))
    return sign_in(Client(), lin.person.user)


@pytest.fixture
def proof(client_of_lin, tmp_path) -> Path:
    answer = client_of_lin.get("/me/proof/line/1/proof.json")
    assert "attachment" in answer["Content-Disposition"]
    return kept(tmp_path, "proof.json", answer.content.decode())


def kept(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_site_packages_the_project_cannot_be_seen(bare):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "import django"], capture_output=True, cwd=bare, check=False
    )

    assert done.returncode != 0


def test_a_downloaded_proof_holds(bare, proof):
    code, said = run(bare, proof)

    assert code == 0, said
    assert "minutes: 120" in said
    assert "reason: 门诊导医" in said
    assert "林晓" not in proof.read_text(encoding="utf-8")


def test_it_holds_by_a_key_that_came_another_way(bare, proof, client_of_lin):
    key = client_of_lin.get("/log/keys").content.decode().strip()

    code, said = run(bare, proof, "--key", key)

    assert code == 0, said
    assert "the key came with the file" not in said


def test_another_key_is_not_enough(bare, proof):
    code, said = run(bare, proof, "--key", "x/log+1a2b3c4d+AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g")

    assert (code, "no key that is known" in said) == (1, True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bundle: bundle | {"leaf": bundle["leaf"].replace('"minutes":120', '"minutes":121')},
        lambda bundle: bundle | {"index": bundle["index"] + 1},
        lambda bundle: bundle | {"path": bundle["path"][:-1]},
        lambda bundle: bundle | {"path": [*bundle["path"][1:], bundle["path"][0]]},
        lambda bundle: bundle | {"checkpoint": bundle["checkpoint"].replace("\n4", "\n5", 1)},
        lambda bundle: bundle | {"keys": []},
    ],
)
def test_whatever_is_changed_in_a_proof_is_noticed(bare, proof, tmp_path, spoil):
    spoilt = spoil(json.loads(proof.read_text(encoding="utf-8")))

    code, said = run(bare, kept(tmp_path, "spoilt.json", json.dumps(spoilt)))

    assert (code, "✗" in said) == (1, True)


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"format": "other"}', '{"format": "xinglin-proof-1"}'])
def test_what_is_no_proof_is_told_without_a_traceback(bare, tmp_path, text):
    code, said = run(bare, kept(tmp_path, "other.json", text))

    assert (code, "Traceback" in said) == (2, False)


def test_a_file_that_is_not_there_is_told(bare):
    assert run(bare, "nowhere.json")[0] == 2


def test_growth_holds_against_the_checkpoint_that_was_kept(bare, client_of_lin, tmp_path):
    old = client_of_lin.get("/log/checkpoint").content.decode()
    audit.record(actor=None, verb="tried", thing="thing:after", at=at("10:00"))
    seal_in_this_transaction(at=at("10:01"))
    sizes = [size_of(old), log.latest().size]
    growth = kept(tmp_path, "growth.json", client_of_lin.get("/log/consistency/{}/{}".format(*sizes)).content.decode())

    code, said = run(bare, growth, "--since", kept(tmp_path, "old.txt", old))
    other = run(bare, growth, "--since", kept(tmp_path, "other.txt", log.latest().note))

    assert code == 0, said
    assert other[0] == 1


def test_growth_from_another_log_is_noticed(bare, client_of_lin, tmp_path):
    first = log.latest()
    audit.record(actor=None, verb="tried", thing="thing:after", at=at("10:00"))
    seal_in_this_transaction(at=at("10:01"))
    growth = log.consistency(first, log.latest())
    growth["path"][0] = "00" * 32

    code, said = run(bare, kept(tmp_path, "growth.json", json.dumps(growth)))

    assert (code, "does not begin with" in said) == (1, True)


def size_of(note: str) -> int:
    return int(note.splitlines()[1])
