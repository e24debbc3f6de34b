"""Where the mail to auditors leads."""

from __future__ import annotations

from django.urls import reverse

from xinglin.notices import sending


def address_of_the_page() -> str:
    """Where the city tells how to check, for a mail."""
    return sending.address_in_the_city(reverse("transparency:how"))
