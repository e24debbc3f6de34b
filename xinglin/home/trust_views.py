"""Helping telephones to trust the house's own authority: camera, location and offline pages need HTTPS."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from xinglin.lib.tls import queries as tls


@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """What to do, step by step, for each kind of telephone; also over plain HTTP, before any of it is done."""
    certificate = tls.authority_of(settings.TLS_FOLDER)
    context = {
        "certificate": certificate,
        "fingerprint": tls.in_parts(tls.fingerprint(certificate)) if certificate else [],
        "ends_at": certificate.not_valid_after_utc if certificate else None,
        "host": request.get_host(),
    }
    return render(request, "home/trust.html", context)


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate under the type that makes a telephone offer to install it."""
    certificate = tls.authority_of(settings.TLS_FOLDER)
    if certificate is None:
        return redirect("home:trust")  # which says that nothing needs to be done
    return HttpResponse(tls.for_telephones(certificate), content_type="application/x-x509-ca-cert")
