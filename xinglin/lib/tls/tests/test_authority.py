"""The local authority: what it signs is accepted by OpenSSL, and what lies outside its names is not."""

from __future__ import annotations

import datetime as dt
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from xinglin.lib.terminal import Halt
from xinglin.lib.tls import authority, command, queries
from xinglin.lib.tls.authority import Files

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
NAME, IP = "zyz.example.cn", "10.20.30.40"
NEEDS_OPENSSL = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    folder = tmp_path / "tls"
    authority.issue(folder, names=[NAME], addresses=[IP], within=[], at=NOW)
    return Files(folder)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def accepted(files: Files, *options: str) -> bool:
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(files.authority)]
    return subprocess.run([*command, *options, str(files.server)], capture_output=True).returncode == 0


@NEEDS_OPENSSL
@pytest.mark.parametrize("options", [["-verify_hostname", NAME], ["-verify_ip", IP]])
def test_openssl_accepts_what_it_signs(files: Files, options: list[str]):
    assert accepted(files, *options)


@NEEDS_OPENSSL
def test_openssl_refuses_another_name(files: Files):
    assert not accepted(files, "-verify_hostname", "bank.example.cn")


@NEEDS_OPENSSL
@pytest.mark.parametrize("strange", [{"names": ["bank.example.cn"]}, {"addresses": ["10.20.30.41"]}])
def test_openssl_refuses_what_a_stolen_key_signs_for_others(files: Files, strange: dict[str, list[str]]):
    wanted = authority._subjects(strange.get("names", [NAME]), strange.get("addresses", []))
    of_the_house = x509.load_pem_x509_certificate(files.authority.read_bytes())

    authority._sign_server(files, of_the_house, wanted, at=NOW)

    assert not accepted(files)


def test_keys_are_read_by_their_owner_alone(files: Files):
    assert [mode_of(files.authority_key), mode_of(files.server_key)] == [0o600, 0o600]
    assert [mode_of(files.authority), mode_of(files.server)] == [0o644, 0o644]


def test_a_certificate_holds_for_397_days_and_the_authority_for_ten_years(files: Files):
    left = queries.days_left(files.folder, at=NOW)
    certificate = queries.authority_of(files.folder)

    assert left is not None
    assert 396 < left <= 397
    assert certificate is not None
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 3650


def test_renewing_keeps_the_authority_and_the_names(files: Files):
    before, served = files.authority.read_bytes(), files.server.read_bytes()

    authority.renew(files.folder, at=NOW + dt.timedelta(days=380))

    assert files.authority.read_bytes() == before
    assert files.server.read_bytes() != served
    renewed = x509.load_pem_x509_certificate(files.server.read_bytes())
    names = renewed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [NAME]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == [IP]


def test_renewing_waits_for_the_last_month(files: Files):
    served = files.server.read_bytes()

    command.run(["--renew"], folder=files.folder, at=NOW + dt.timedelta(days=300))

    assert files.server.read_bytes() == served


def test_a_name_below_the_authoritys_name_is_its_own(files: Files):
    made = authority.issue(files.folder, names=["ruian.zyz.example.cn"], addresses=[], within=[], at=NOW)

    assert made is False


@pytest.mark.parametrize(
    ("names", "addresses"),
    [(["other.example.cn"], []), ([NAME], ["10.0.0.1"]), (["xzyz.example.cn"], [])],
)
def test_what_lies_outside_the_authority_is_refused_with_a_sentence(files: Files, names, addresses):
    served = files.server.read_bytes()

    with pytest.raises(Halt):
        authority.issue(files.folder, names=names, addresses=addresses, within=[], at=NOW)

    assert files.server.read_bytes() == served


def test_an_authority_may_be_made_wider_from_the_start(tmp_path: Path):
    authority.issue(tmp_path, names=[NAME], addresses=[], within=["example.cn", "10.0.0.0/8"], at=NOW)

    assert authority.issue(tmp_path, names=["b.example.cn"], addresses=["10.9.9.9"], within=[], at=NOW) is False


@pytest.mark.parametrize("names", [[], ["https://zyz.example.cn/"], ["志愿.cn"], ["a b"], ["-a.cn"]])
def test_a_name_that_is_none_is_told(tmp_path: Path, names: list[str]):
    with pytest.raises(Halt):
        authority.issue(tmp_path, names=names, addresses=[], within=[], at=NOW)


def test_a_certificate_from_elsewhere_is_not_renewed_here(files: Files):
    files.authority_key.unlink()

    with pytest.raises(Halt):
        authority.renew(files.folder, at=NOW)


def test_the_fingerprint_is_written_as_telephones_write_it(files: Files):
    certificate = queries.authority_of(files.folder)

    assert certificate is not None
    assert len(queries.fingerprint(certificate)) == 32 * 3 - 1
    assert [len(part) for part in queries.in_parts(queries.fingerprint(certificate))] == [4 * 3 - 1] * 8
    assert queries.for_telephones(certificate)[:1] == b"\x30"


def test_without_files_nothing_is_known(tmp_path: Path):
    assert queries.authority_of(tmp_path) is None
    assert queries.days_left(tmp_path, at=NOW) is None
