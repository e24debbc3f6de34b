"""A local authority and the certificates of its server, for a house that no public authority can reach.

The authority is bound to the house's own names and addresses (RFC 5280 name constraints): telephones that trust it
trust it for nothing else, so that a stolen key opens no other site. It holds for ten years, its key stays on the server
and is read by root alone; a server's certificate holds for 397 days, the most that browsers accept.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from xinglin.lib.terminal import Halt

AUTHORITY_HOLDS = dt.timedelta(days=3650)
SERVER_HOLDS = dt.timedelta(days=397)
CLOCKS_DIFFER = dt.timedelta(hours=1)  # a telephone whose clock is behind must not take it for not yet valid
PRIVATE_FILE, OPEN_FILE = 0o600, 0o644
OPEN_FOLDER = 0o755
HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
LONGEST_COMMON_NAME = 64

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Files:
    """Where the four files lie."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def authority_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def server(self) -> Path:
        return self.folder / "server.crt"

    @property
    def server_key(self) -> Path:
        return self.folder / "server.key"


@dataclass(frozen=True)
class Subjects:
    """What a certificate speaks for, or an authority may speak for."""

    names: tuple[str, ...]
    networks: tuple[Network, ...]

    def covers(self, other: Subjects) -> bool:
        """A name also covers the names below it."""
        return all(
            any(name == mine or name.endswith(f".{mine}") for mine in self.names) for name in other.names
        ) and all(any(_lies_in(net, mine) for mine in self.networks) for net in other.networks)


def issue(
    folder: Path, *, names: Sequence[str], addresses: Sequence[str], within: Sequence[str], at: dt.datetime
) -> bool:
    """Sign a server's certificate, and make the authority first where there is none; says whether it was made.

    `within` widens what a new authority may ever speak for: a domain, or a network from which addresses will come.
    """
    wanted = _subjects(names, addresses)
    files = Files(folder)
    folder.mkdir(mode=OPEN_FOLDER, parents=True, exist_ok=True)
    is_new = not files.authority.exists()
    if is_new:
        _make_authority(files, bounds=_widened(wanted, within), at=at)
    authority = _read(files.authority)
    _refuse_outside(authority, wanted)
    if authority.not_valid_after_utc < at + SERVER_HOLDS:
        raise Halt(
            f"这个 CA 到 {authority.not_valid_after_utc:%Y-%m-%d} 为止，不够签一年。"
            f"请移走 {files.authority} 再做新的，手机要重新信任。",
            "The authority ends too soon. Move it away and make another; phones must trust that one anew.",
        )
    _sign_server(files, authority, wanted, at=at)
    return is_new


def renew(folder: Path, *, at: dt.datetime) -> None:
    """The same names once more, under the same authority: telephones notice nothing."""
    files = Files(folder)
    old = _read(files.server)
    alternatives = old.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    names = alternatives.get_values_for_type(x509.DNSName)
    addresses = [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    if not files.authority_key.exists():
        raise Halt(
            f"这里没有 CA 的密钥 {files.authority_key}，证书不是本机签的，请向签发的机构续期。",
            "There is no authority's key here: this certificate was signed elsewhere, and is renewed there.",
        )
    issue(folder, names=names, addresses=addresses, within=(), at=at)


def _make_authority(files: Files, *, bounds: Subjects, at: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "杏林 Xinglin"),
            x509.NameAttribute(NameOID.COMMON_NAME, _common_name(f"杏林 {_first(bounds)}")),
        ]
    )
    certificate = (
        _builder(name, name, key.public_key(), at=at, holds=AUTHORITY_HOLDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(_constraints(bounds), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(files.authority_key, _private(key), mode=PRIVATE_FILE)
    _write(files.authority, certificate.public_bytes(serialization.Encoding.PEM), mode=OPEN_FILE)


def _sign_server(files: Files, authority: x509.Certificate, wanted: Subjects, *, at: dt.datetime) -> None:
    signer = _read_key(files.authority_key)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _common_name(_first(wanted)))])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    alternatives = [x509.DNSName(host) for host in wanted.names]
    alternatives += [x509.IPAddress(net.network_address) for net in wanted.networks]  # type: ignore[misc]
    certificate = (
        _builder(name, authority.subject, key.public_key(), at=at, holds=SERVER_HOLDS)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(signer, hashes.SHA256())
    )
    # Should the power fail between the two, nginx refuses the pair and goes on with the old one; the next run mends it.
    _write(files.server_key, _private(key), mode=PRIVATE_FILE)
    _write(files.server, certificate.public_bytes(serialization.Encoding.PEM), mode=OPEN_FILE)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, at: dt.datetime, holds: dt.timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - CLOCKS_DIFFER)
        .not_valid_after(at - CLOCKS_DIFFER + holds)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _constraints(bounds: Subjects) -> x509.NameConstraints:
    """What is permitted; of a kind that has nothing permitted, all is excluded, for silence would allow it."""
    permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in bounds.names]
    permitted += [x509.IPAddress(net) for net in bounds.networks]
    everywhere = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
    versions = {net.version for net in bounds.networks}
    excluded = [x509.IPAddress(net) for net in everywhere if net.version not in versions]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=excluded or None)


def _refuse_outside(authority: x509.Certificate, wanted: Subjects) -> None:
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    bounds = Subjects(
        names=tuple(part.value for part in permitted if isinstance(part, x509.DNSName)),
        networks=tuple(part.value for part in permitted if isinstance(part, x509.IPAddress)),  # type: ignore[misc]
    )
    if not bounds.covers(wanted):
        listed = [*bounds.names, *map(str, bounds.networks)]
        raise Halt(
            f"这个 CA 只能为 {'、'.join(listed)} 签发。"
            "要换名称或地址，先移走 ca.crt 和 ca.key 再运行；手机要重新信任新的 CA。",
            f"This authority may speak for {', '.join(listed)} only. For other names move ca.crt and ca.key away and "
            "run this again; phones must then trust the new one.",
        )


def _subjects(names: Sequence[str], addresses: Sequence[str]) -> Subjects:
    hosts = tuple(dict.fromkeys(name.strip().lower() for name in names))
    wrong = [name for name in hosts if not HOST_NAME.fullmatch(name)]
    try:
        networks = tuple(dict.fromkeys(ipaddress.ip_network(ipaddress.ip_address(text.strip())) for text in addresses))
    except ValueError as trouble:
        raise Halt(f"IP 地址不对：{trouble}", f"No IP address: {trouble}") from None
    if wrong or not hosts:
        raise Halt(
            f"--name 要写网站的域名，例如 zyz.example.cn；这些不行：{'、'.join(wrong) or '（没有写）'}",
            "--name wants the site's host name, such as zyz.example.cn.",
        )
    return Subjects(hosts, networks)


def _widened(wanted: Subjects, within: Sequence[str]) -> Subjects:
    names, networks = list(wanted.names), list(wanted.networks)
    for text in within:
        try:
            networks.append(ipaddress.ip_network(text))
        except ValueError:
            names += _subjects([text], []).names
    return Subjects(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(networks)))


def _lies_in(net: Network, other: Network) -> bool:
    return net.version == other.version and net.subnet_of(other)  # type: ignore[arg-type]


def _first(subjects: Subjects) -> str:
    return subjects.names[0]


def _common_name(text: str) -> str:
    return text[:LONGEST_COMMON_NAME]


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        raise Halt(f"读不到证书 {path}。", f"The certificate {path} cannot be read.") from None


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError):
        raise Halt(f"读不到 CA 的密钥 {path}。", f"The authority's key {path} cannot be read.") from None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Aside first and then into place, so that nobody ever reads half a file; a key is never open, not for a moment."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)  # whatever the umask said
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
