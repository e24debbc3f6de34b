"""What may be known of the certificates by looking at them: until when, for whom, with which fingerprint."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from xinglin.lib.tls.authority import Files

DAY_S = 24 * 3600
PAIRS_A_LINE = 4


def authority_of(folder: Path) -> x509.Certificate | None:
    """The local authority's certificate, where the house has one."""
    return _certificate(Files(folder).authority)


def days_left(folder: Path, *, at: dt.datetime) -> float | None:
    """How long the server's certificate still holds, in days; none where it does not lie here."""
    certificate = _certificate(Files(folder).server)
    return None if certificate is None else (certificate.not_valid_after_utc - at).total_seconds() / DAY_S


def for_telephones(certificate: x509.Certificate) -> bytes:
    """The form that telephones and Windows install when they meet it under its own MIME type."""
    return certificate.public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 as the settings of telephones show it: pairs with colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def in_parts(print_of_certificate: str) -> list[str]:
    """Four pairs a line, so that two people can compare it aloud."""
    pairs = print_of_certificate.split(":")
    return [":".join(pairs[start : start + PAIRS_A_LINE]) for start in range(0, len(pairs), PAIRS_A_LINE)]


def _certificate(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None
