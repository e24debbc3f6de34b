"""Reading benefits and vouchers: the catalogue for one person, what stands in the way, and the desk's lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Collate

from xinglin.benefits import rules
from xinglin.benefits.errors import NoSuchBenefit, NoSuchVoucher
from xinglin.benefits.models import Benefit, Voucher
from xinglin.lib.errors import Refusal
from xinglin.organisation import queries as organisation
from xinglin.organisation import rules as organisation_rules
from xinglin.organisation.models import Unit
from xinglin.people import queries as people
from xinglin.people.models import Membership, Volunteer
from xinglin.recognition import queries as recognition
from xinglin.timebank import queries as timebank
from xinglin.timebank import terms as terms_of
from xinglin.timebank.rules import OpenHold

# For one person --------------------------------------------------------------------------------------------------


def catalogue(person: Any, *, at: dt.datetime) -> QuerySet[Benefit]:
    """What the person's units and those above them give now, paused and sold out ones too."""
    given = Benefit.objects.filter(unit__path__in=_chain_of(person), starts_at__lte=at)
    given = given.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return given.select_related("unit", "privilege").order_by("level", "price_minutes", "title", "pk")


def benefit_seen_by(user: Any, code: str) -> Benefit:
    """The benefit, if it is of the asker's units or above them, or they hold a voucher for it; else there is none."""
    person = people.person_of(user)
    seen = Q(unit__path__in=_chain_of(person)) | Q(vouchers__person=person) if person is not None else Q(pk__in=[])
    found = Benefit.objects.filter(seen, code=code).select_related("unit").distinct().first()
    if found is None:
        raise NoSuchBenefit
    return found


def hindrances(benefit: Benefit, user: Any, *, at: dt.datetime) -> list[Refusal]:
    """What stands between this person and this benefit, what weighs most first; empty when nothing does."""
    return hindrances_of([benefit], user, at=at)[benefit.pk]


def hindrances_of(benefits: Sequence[Benefit], user: Any, *, at: dt.datetime) -> dict[int, list[Refusal]]:
    """The same for many benefits, in a number of queries that does not grow with them."""
    volunteer = people.volunteer_of(user)
    askers = _askers(benefits, volunteer, at=at)
    return {
        benefit.pk: list(rules.hindrances(offer_of(benefit), asker, at=at))
        for benefit, asker in zip(benefits, askers, strict=True)
    }


def offer_of(benefit: Benefit) -> rules.Offer:
    """The benefit as the rules look at it."""
    return rules.Offer(
        unit_name=benefit.unit.name,
        price_minutes=benefit.price_minutes,
        level=benefit.level,
        stock_left=benefit.stock_left,
        is_paused=benefit.paused_at is not None,
        starts_at=benefit.starts_at,
        ends_at=benefit.ends_at,
        quota=benefit.quota,
        period=benefit.period,
        period_said=str(benefit.get_period_display()),
    )


def expiry_of(benefit: Benefit, *, at: dt.datetime) -> dt.datetime:
    """When a voucher that is given now ends; one that sets minutes aside no later than the policy of holds says."""
    days = benefit.voucher_days
    if benefit.price_minutes:
        days = min(days, organisation.policy("voucher_hold_days", benefit.unit, at=at))
    return rules.expires_at(at=at, days=days, offer_ends_at=benefit.ends_at)


def vouchers_of(person: Any) -> QuerySet[Voucher]:
    """One's own vouchers, the latest first."""
    return Voucher.objects.filter(person=person).select_related("benefit__unit").order_by("-redeemed_at", "-pk")


def unused_of(person: Any, *, at: dt.datetime) -> QuerySet[Voucher]:
    """Vouchers that wait to be used, the one that ends first in front: for a first page."""
    return vouchers_of(person).filter(state=rules.State.UNUSED, expires_at__gt=at).order_by("expires_at", "pk")


def voucher_of(person: Any, code: str) -> Voucher:
    """One of one's own vouchers, or there is none."""
    found = vouchers_of(person).filter(code=code).first() if person is not None else None
    if found is None:
        raise NoSuchVoucher
    return found


def _askers(benefits: Sequence[Benefit], volunteer: Volunteer | None, *, at: dt.datetime) -> list[rules.Asker]:
    """The person as each benefit looks at them."""
    if volunteer is None:
        nobody = rules.Asker(is_member=False, state=None, state_said="", star=0, free_minutes=0, taken=0)
        return [nobody for _ in benefits]
    person = volunteer.person
    chain = _chain_of(person)
    spending = terms_of.spending_of(person, at=at)
    free_minutes = timebank.balance_of(person).free_minutes + spending.may_overdraw
    stars = recognition.stars_by_unit(person, [benefit.unit for benefit in benefits], at=at)
    had = _had(benefits, person)
    return [
        rules.Asker(
            is_member=benefit.unit.path in chain,
            state=volunteer.state,
            state_said=str(volunteer.get_state_display()),
            star=stars[benefit.unit_id],
            free_minutes=free_minutes,
            taken=_since(had.get(benefit.pk, []), rules.period_begins(benefit.period, at=at)),
            donates_only=spending.may_only_donate,
            spends_from_age=spending.age_needed if spending.is_too_young else None,
        )
        for benefit in benefits
    ]


def _had(benefits: Sequence[Benefit], person: Any) -> dict[int, list[dt.datetime]]:
    """When the person redeemed what counts towards a quota, by benefit; what went back was not had."""
    counted = Voucher.objects.filter(person=person, benefit__in=benefits, state__in=rules.COUNTS)
    found: dict[int, list[dt.datetime]] = {}
    for benefit_id, redeemed_at in counted.values_list("benefit", "redeemed_at"):
        found.setdefault(benefit_id, []).append(redeemed_at)
    return found


def _since(moments: list[dt.datetime], begins: dt.datetime | None) -> int:
    return sum(begins is None or moment >= begins for moment in moments)


def _chain_of(person: Any) -> set[str]:
    """The paths of the person's units and of all above them."""
    if person is None:
        return set()
    current = Membership.objects.filter(volunteer__person=person, left_on__isnull=True)
    paths = current.values_list("unit__path", flat=True)
    return {step for path in paths for step in organisation_rules.chain_of(path, step=Unit.steplen)}


# The desk --------------------------------------------------------------------------------------------------------


def benefits_edited_by(user: Any) -> QuerySet[Benefit]:
    """Benefits of the units whose catalogue this user keeps, with how many vouchers wait and were used."""
    mine = Benefit.objects.filter(unit__in=organisation.units_where(user, "edit_benefits"))
    return mine.select_related("unit", "privilege").annotate(
        waiting=Count("vouchers", filter=Q(vouchers__state=rules.State.UNUSED)),
        used=Count("vouchers", filter=Q(vouchers__state=rules.State.USED)),
    )


def benefit_edited_by(user: Any, code: str) -> Benefit:
    """One of those, or there is none."""
    found = benefits_edited_by(user).filter(code=code).first()
    if found is None:
        raise NoSuchBenefit
    return found


def vouchers_handled_by(user: Any) -> QuerySet[Voucher]:
    """Vouchers for benefits of the units at which this user marks them used."""
    units = organisation.units_where(user, "redeem_voucher")
    handled = Voucher.objects.filter(benefit__unit__in=units)
    return handled.select_related("benefit__unit", "person__volunteer", "ended_by")


def voucher_handled_by(user: Any, code: str) -> Voucher:
    """The voucher with this code, if it is for the user to handle; else there is none."""
    found = vouchers_handled_by(user).filter(code=code).first()
    if found is None:
        raise NoSuchVoucher
    return found


def handled_by(user: Any) -> QuerySet[Voucher]:
    """What this user has marked used or refused, the latest first."""
    done = Voucher.objects.filter(ended_by=user, state__in=[rules.State.USED, rules.State.REFUSED])
    return done.select_related("benefit__unit", "person__volunteer").order_by("-ended_at", "-pk")


def open_holds() -> Iterator[OpenHold]:
    """What vouchers have set aside in the time bank, in the order of origins (code points): for `manage.py verify`."""
    waiting = Voucher.objects.filter(state=rules.State.UNUSED, minutes__gt=0).order_by(Collate("code", "C"))
    for voucher in waiting.iterator():
        yield OpenHold(
            origin=voucher.origin,
            person_id=voucher.person_id,
            minutes=voucher.minutes,
            expires_at=voucher.expires_at + rules.HOLD_OUTLIVES,
        )
