"""Who signs the log: the city's own key, under the log's name, which stays when keys change or the city moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from xinglin.audit.models import Checkpoint, LogKey
from xinglin.cities import current
from xinglin.cities.models import City
from xinglin.lib.tlog import notes
from xinglin.lib.tlog.notes import Signer


def checkpoint(*, size: int, root: bytes, at: dt.datetime, successor: Signer | None = None) -> Checkpoint:
    """Sign the log as it is and keep it; with a successor, both sign, and the successor's key is written down."""
    at = at.replace(microsecond=0)
    signer = signer_in_use()
    signers = [signer, successor] if successor else [signer]
    known = {bytes(key.public) for key in every_key()}
    for each in signers:
        if each.public not in known:
            LogKey.objects.create(origin=each.name, public=each.public, from_size=size, begun_at=at)
    text = notes.Checkpoint(signer.name, size, root, at).text
    return Checkpoint.objects.create(at=at, size=size, root=root, note=notes.signed(text, signers))


def every_key() -> Sequence[LogKey]:
    """All keys that ever signed this log, the first one first."""
    return list(LogKey.objects.order_by("pk"))


def key_in_use() -> LogKey | None:
    return LogKey.objects.order_by("-pk").first()


def signer_in_use() -> Signer:
    """The city's key as it is now. Another process may have rotated it since this one learnt of the city."""
    city = current.demand()
    last = key_in_use()
    if last is not None and bytes(last.public) != bytes(city.signing_public):
        with current.outside():
            city = City.objects.get(pk=city.pk)
        assert bytes(last.public) == bytes(city.signing_public), "the city's key is none that the log knows: rotate it"
    return Signer(last.origin if last else origin_of(city), bytes(city.signing_public), city.signer.sign)


def origin_of(city: City) -> str:
    """The log's name when it begins: the city's main host name, or its short word where it has none."""
    with current.outside():
        hosts = city.domains.order_by("-is_primary", "pk").values_list("domain", flat=True)
        host = hosts.first() or f"{city.slug}.xinglin"
    return f"{host}/log"
