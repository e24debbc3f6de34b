"""Papers as people hand them in: looked at by their bytes, sealed at once, opened for whoever may, each time noted.

The name and the type that a browser sends along say nothing. What goes out again is an attachment that nothing runs in.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import HttpResponse

from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.audit.models import Entry
from xinglin.people.models import Person, SealedFile
from xinglin.people.vetting.errors import FileDeleted, FileNotKnown, FileTooLarge

MOST_BYTES = 5 * 1024 * 1024
PURPOSE = "people.sealed_file"
SEEN = "saw_file"
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def kind_of(content: bytes) -> str | None:
    """What the first bytes say it is; None for whatever we do not take."""
    return next((kind for beginning, kind in BEGINNINGS.items() if content.startswith(beginning)), None)


def read(upload: Any) -> bytes:
    """The bytes of an upload that is small enough and of a kind that we take."""
    if upload.size > MOST_BYTES:
        raise FileTooLarge(megabytes=MOST_BYTES // 1024 // 1024)
    content = bytes(upload.read(MOST_BYTES + 1))
    if len(content) > MOST_BYTES:
        raise FileTooLarge(megabytes=MOST_BYTES // 1024 // 1024)
    if kind_of(content) is None:
        raise FileNotKnown
    return content


def keep(content: bytes, *, owner: Person | None, by: Any, at: dt.datetime) -> SealedFile:
    """Seal the bytes of a file that `read` let through."""
    kind = kind_of(content)
    assert kind is not None, "read refuses what it does not know"
    file = SealedFile(owner=owner, kind=kind, size_bytes=len(content), uploaded_by=by, uploaded_at=at)
    file.sealed = vault().seal_bytes(content, purpose=f"{PURPOSE}:{file.code}")
    file.save(force_insert=True)
    return file


@transaction.atomic
def look_at(file: SealedFile, *, by: Any, at: dt.datetime) -> bytes:
    """Open a file for somebody who may see it; that they did stands in the trail."""
    if file.sealed is None:
        raise FileDeleted
    audit.record(actor=by, verb=SEEN, thing=_thing(file), at=at)
    return vault().open_bytes(bytes(file.sealed), purpose=f"{PURPOSE}:{file.code}")


def was_looked_at(file: SealedFile, *, by: Any) -> bool:
    """Has this user opened it?"""
    return Entry.objects.filter(thing=_thing(file), verb=SEEN, actor_code=by.code).exists()


def delete(file: SealedFile, *, at: dt.datetime) -> None:
    """The bytes go; that there was a file, and who saw it, stays."""
    SealedFile.objects.filter(pk=file.pk, deleted_at__isnull=True).update(sealed=None, deleted_at=at)


def as_answer(file: SealedFile, content: bytes) -> HttpResponse:
    """An attachment by a name of our own, which no browser may take for anything else or run."""
    return HttpResponse(
        content,
        content_type=file.kind,
        headers={
            "Content-Disposition": f'attachment; filename="{file.code}.{ENDINGS[file.kind]}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def _thing(file: SealedFile) -> str:
    return f"file:{file.code}"
