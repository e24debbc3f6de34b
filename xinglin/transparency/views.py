"""The public log, and proofs of what is one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from xinglin.audit import queries as audit
from xinglin.audit.errors import NotSealedYet
from xinglin.audit.queries import Proof
from xinglin.lib import clock
from xinglin.transparency import queries, rules

TOOL = Path(settings.BASE_DIR) / "tools" / "verify_proof.py"


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Today's checkpoint, how large the log is, and how anyone can check it."""
    latest = audit.latest()
    facts = {
        "latest": latest,
        "root": rules.in_groups(bytes(latest.root).hex()) if latest else [],
        "keys": audit.key_lines(),
        "days": audit.daily(at=clock.now()),
    }
    return render(request, "transparency/log.html", facts)


@require_GET
def how(request: HttpRequest) -> HttpResponse:
    """What an auditor does with it, step by step, and what it can show and cannot."""
    facts = {"keys": audit.key_lines(), "latest": audit.latest(), "host": request.build_absolute_uri("/").rstrip("/")}
    return render(request, "transparency/how.html", facts)


@require_GET
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint as text, for programs and for keeping."""
    return _text(audit.demand_latest().note)


@require_GET
def checkpoint_of(request: HttpRequest, size: int) -> HttpResponse:
    """An earlier checkpoint."""
    return _text(audit.of_size(size).note)


@require_GET
def consistency(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """That a later checkpoint begins with an earlier one."""
    return _file(audit.consistency(audit.of_size(old), audit.of_size(new)), f"consistency-{old}-{new}.json")


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys, one in a line."""
    return _text("".join(f"{line}\n" for line in audit.key_lines()))


@require_GET
def tool(request: HttpRequest) -> HttpResponse:
    """The program that checks a proof offline."""
    answer = HttpResponse(TOOL.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verify_proof.py"'
    return answer


@require_GET
@login_required
def line(request: HttpRequest, sequence: int) -> HttpResponse:
    """The proof of one line of one's own statement."""
    row = queries.own_line(request.user, sequence)
    return _shown(request, row, file=reverse("transparency:line_proof", args=[sequence]), back="timebank:statement")


@require_GET
@login_required
def line_proof(request: HttpRequest, sequence: int) -> HttpResponse:
    proof = queries.proof_of(queries.own_line(request.user, sequence))
    return _file(proof.bundle, f"proof-{sequence}.json")


@require_GET
@login_required
def record(request: HttpRequest, code: str) -> HttpResponse:
    """The proof of one of one's own records."""
    row = queries.own_record(request.user, code)
    return _shown(request, row, file=reverse("transparency:record_proof", args=[code]), back="hours:mine")


@require_GET
@login_required
def record_proof(request: HttpRequest, code: str) -> HttpResponse:
    proof = queries.proof_of(queries.own_record(request.user, code))
    return _file(proof.bundle, f"proof-{code}.json")


def _shown(request: HttpRequest, row: queries.Row, *, file: str, back: str) -> HttpResponse:
    proof: Proof | None
    try:
        proof = queries.proof_of(row)
    except NotSealedYet:
        proof = None
    facts: dict[str, Any] = {"row": row, "proof": proof, "file": file, "back": reverse(back), "here": back}
    if proof is not None:
        facts |= {"number": proof.index + 1, "text": json.dumps(json.loads(proof.bundle["leaf"]), ensure_ascii=False)}
    return render(request, "transparency/proof.html", facts)


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _file(content: dict[str, Any], name: str) -> HttpResponse:
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
