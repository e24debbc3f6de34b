"""The signed agreement: a signature drawn by finger is sealed with it, and each side has its copy as a document."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from xinglin.accounts.vault import vault
from xinglin.audit import actions as audit
from xinglin.lib import clock, documents
from xinglin.lib.web.words import clock_said
from xinglin.people import actions, assisting
from xinglin.people.models import Agreement, Volunteer
from xinglin.people.vetting import rules

TEMPLATE = "people/vetting/agreement.typ"
PURPOSE = "people.drawn_signature"


@transaction.atomic
def sign(*, volunteer: Volunteer, drawing: str, at: dt.datetime, **said: Any) -> Agreement:
    """Sign by typing one's name, and by drawing it where the phone can. What cannot be read as a drawing is none."""
    agreement = actions.sign_agreement(volunteer=volunteer, at=at, **said)
    strokes = rules.strokes(drawing)
    if strokes and agreement.drawing_sealed is None and agreement.signed_at == at:
        agreement.drawing_sealed = vault().seal(json.dumps(strokes), purpose=PURPOSE)
        agreement.save(update_fields=["drawing_sealed"])
    return agreement


def signer_of(agreement: Agreement) -> str:
    """Whose name stands under it: their own, the guardian's, or that of whoever consented for them on paper."""
    if agreement.guardianship is not None:
        return agreement.guardianship.guardian.name
    if agreement.assistance is not None:
        return assisting.consented_by(agreement.assistance)
    return agreement.signed_name


def drawing_of(agreement: Agreement) -> list[list[list[int]]]:
    """The strokes of the signature; none where the name was only typed."""
    if not agreement.drawing_sealed:
        return []
    return rules.strokes(vault().open(bytes(agreement.drawing_sealed), purpose=PURPOSE))


def as_pdf(agreement: Agreement, *, by: Any, at: dt.datetime) -> bytes:
    """The agreement as it was signed; that somebody took a copy stands in the trail. The Chinese text is what holds."""
    volunteer, text = agreement.volunteer, agreement.text
    day = clock.local_day(agreement.signed_at)
    facts = {
        "language": "zh",
        "title": text.title,
        "paragraphs": [part for part in text.text.split("\n\n") if part.strip()],
        "facts": [
            [_("签名"), signer_of(agreement)],
            [_("志愿者编号"), volunteer.number],
            [_("签署时间"), f"{day.isoformat()} {clock_said(agreement.signed_at)}"],
            [_("文本版本"), text.version],
            *([[_("签在纸上"), agreement.paper]] if agreement.paper else []),
        ],
        "strokes": drawing_of(agreement),
        "drawn": _("手写签名"),
        "foot": _("杏林 · 志愿服务协议，双方各留一份"),
    }
    audit.record(actor=by, verb="took_agreement_copy", thing=f"volunteer:{volunteer.number}", at=at)
    return documents.as_pdf(TEMPLATE, facts)
