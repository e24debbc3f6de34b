"""Two workers and more at the same moment: each delivery goes out once."""

from __future__ import annotations

import threading
import time

import pytest

from xinglin.hours.tests.test_races import at_once
from xinglin.notices import actions, delivering, sending
from xinglin.notices.models import Delivery, Notice
from xinglin.notices.rules import State
from xinglin.notices.tests.factories import NOON, make_user, told

pytestmark = pytest.mark.django_db(transaction=True)


class SlowCarrier:
    """Takes its time, so that workers meet."""

    is_fake = False

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.lock = threading.Lock()

    def send(self, message) -> None:
        time.sleep(0.01)
        with self.lock:
            self.keys.append(message.key)


def test_four_workers_send_each_message_once(monkeypatch):
    carrier = SlowCarrier()
    monkeypatch.setattr(sending, "text_sender", lambda: carrier)
    for _ in range(20):
        told(make_user())

    def work(_number: int) -> int:
        done = 0
        while delivering.deliver_next(at=NOON) is not None:
            done += 1
        return done

    assert sum(at_once(work, 4)) == 20
    assert len(carrier.keys) == len(set(carrier.keys)) == 20
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.SENT, 1)}


def test_what_is_taken_back_does_not_go_out_and_what_goes_out_stays(monkeypatch):
    carrier = SlowCarrier()
    monkeypatch.setattr(sending, "text_sender", lambda: carrier)
    lin = make_user()

    for _ in range(10):
        before, notice = len(carrier.keys), told(lin)
        at_once(
            lambda number, source=notice.source: (
                actions.take_back(source=source) if number else delivering.deliver_next(at=NOON)
            ),
            2,
        )

        assert Notice.objects.filter(pk=notice.pk).exists() == (len(carrier.keys) > before)


def test_of_eight_who_tell_the_same_at_once_one_is_heard():
    lin = make_user()

    at_once(lambda _n: actions.tell(user=lin, kind="agreement_changed", source="agreement:2", at=NOON), 8)

    assert Notice.objects.filter(user=lin).count() == 1
