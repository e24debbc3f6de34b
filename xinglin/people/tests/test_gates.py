"""Gates are opened and shut by others, dated, and decide about a shift on its own day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from conftest import at, sign_in
from xinglin.audit.models import Entry
from xinglin.organisation.models import Policy
from xinglin.people.errors import NotAboutOneself
from xinglin.people.models import Gate
from xinglin.people.vetting import gates
from xinglin.people.vetting.errors import GateNotOpen, GateReasonNeeded

pytestmark = pytest.mark.django_db
NOW = at("08:00")


def ask_for(unit, *wanted):
    Policy.objects.create(unit=unit, name="gates", value=list(wanted), starts_at=at("00:00", days=-1))


def test_a_gate_says_who_decided_and_leaves_a_trail_without_names(lin, zhao):
    gate = gates.open_gate(volunteer=lin, kind="papers", by=zhao, at=NOW)

    entry = Entry.objects.get(verb="opened_gate")
    assert (gate.decided_by, gate.passed_on) == (zhao, dt.date(2026, 11, 24))
    assert entry.thing == f"volunteer:{lin.number}"
    assert "林晓" not in str(entry.facts)


def test_a_renewed_gate_ends_the_earlier_one_and_keeps_it(lin, zhao):
    first = gates.open_gate(volunteer=lin, kind="health", by=zhao, valid_until=dt.date(2026, 12, 1), at=NOW)

    gates.open_gate(volunteer=lin, kind="health", by=zhao, valid_until=dt.date(2027, 12, 1), at=at("09:00"))

    first.refresh_from_db()
    assert first.ended_at == at("09:00")
    assert [row.valid_until.year for row in gates.standing_gates(lin)] == [2027]


def test_a_gate_is_shut_with_a_reason_and_only_while_it_stands(lin, zhao):
    gates.open_gate(volunteer=lin, kind="papers", by=zhao, at=NOW)

    with pytest.raises(GateReasonNeeded):
        gates.shut_gate(volunteer=lin, kind="papers", reason=" ", by=zhao, at=NOW)
    gates.shut_gate(volunteer=lin, kind="papers", reason="证件换过了", by=zhao, at=NOW)
    with pytest.raises(GateNotOpen):
        gates.shut_gate(volunteer=lin, kind="papers", reason="证件换过了", by=zhao, at=NOW)

    assert Gate.objects.get().end_reason == "证件换过了"


def test_nobody_opens_their_own_gate(lin):
    with pytest.raises(NotAboutOneself):
        gates.open_gate(volunteer=lin, kind="papers", by=lin.person.user, at=NOW)


def test_the_person_sees_what_is_next(blue, lin, client, now_is):
    now_is(NOW)
    ask_for(blue, "review", "papers", "agreement", "insurance")

    page = sign_in(client, lin.person.user).get(reverse("people:gates")).content.decode()

    assert "离上岗还有 2 步" in page
    assert "带上证件原件，到蓝衣陪护队当面核对一下" in page
    assert "单位统一投保" in page


def test_a_reviewer_opens_and_shuts_at_the_desk(lin, zhao, client, now_is):
    now_is(NOW)
    sign_in(client, zhao)
    address = reverse("people:gates_of", args=[lin.number])

    said = {"kind": "health", "valid_until": "2027-11-24", "consent_version": "2026-11"}
    unseen = client.post(address, said)
    unsigned = client.post(address, said | {"seen": "on"})
    opened = client.post(address, said | {"seen": "on", "consent_paper": "11月20日签的同意书"})
    page = client.get(address).content.decode()
    unexplained = client.post(reverse("people:shut_gate", args=[lin.number, "health"]), {"reason": ""})
    shut = client.post(reverse("people:shut_gate", args=[lin.number, "health"]), {"reason": "过期的"})

    assert (unseen.status_code, unsigned.status_code, opened.status_code) == (422, 422, 302)
    assert "要本人单独同意" in unsigned.content.decode()
    assert "健康证明" in page
    assert (unexplained.status_code, shut.status_code) == (422, 302)
    assert gates.standing_gates(lin) == []
