"""The sealer: every row of record gets its place in the log, once, whoever writes at the same time."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from conftest import at
from xinglin.audit import actions, log, sealer, signing, sources
from xinglin.audit.models import Checkpoint, Entry, Mark, Node, Stretch
from xinglin.audit.tests.factories import seal_and_sign, seal_everything
from xinglin.lib.tlog import merkle, notes

pytestmark = pytest.mark.django_db(transaction=True)

SEVERAL = 12
NINE = at("09:00")


def write(count: int = 1, name: str = "thing") -> None:
    happenings = [actions.Happening(thing=f"{name}:{number}") for number in range(count)]
    actions.record_many(actor=None, verb="tried", happenings=happenings, at=NINE)


def sealed() -> list[int]:
    """Every entry in the log, in the log's order."""
    stretches = Stretch.objects.filter(source="entry").order_by("first_index")
    return [row_id for row_ids in stretches.values_list("row_ids", flat=True) for row_id in row_ids]


def every_entry() -> list[int]:
    return sorted(Entry.objects.values_list("pk", flat=True))


def test_what_was_written_is_sealed_in_its_order():
    write(3)

    assert seal_everything() == 3

    assert sealed() == every_entry()
    assert log.size() == 3
    assert [log.place_of("entry", row_id) for row_id in every_entry()] == [0, 1, 2]


def test_sealing_twice_is_once():
    write(3)
    seal_everything()

    assert seal_everything() == 0

    assert sealed() == every_entry()


def test_what_comes_later_stands_behind():
    write(3)
    seal_everything()
    write(2)

    assert seal_everything() == 2

    assert sealed() == every_entry()
    assert [stretch.first_index for stretch in Stretch.objects.order_by("first_index")] == [0, 3]


def test_a_row_that_has_not_been_sealed_has_no_place():
    write(1)

    assert log.place_of("entry", every_entry()[0]) is None


def test_many_rows_go_in_several_stretches(monkeypatch):
    monkeypatch.setattr(sealer, "LARGEST_STRETCH", 100)
    monkeypatch.setattr(sealer._rows, "__kwdefaults__", {"limit": 100})
    write(1030)

    assert seal_everything() == 1030

    assert sealed() == every_entry()
    assert Node.objects.filter(height=8).count() == 4
    assert Node.objects.filter(height=10).count() == 1


def test_the_roots_and_proofs_of_a_stored_log_are_those_of_its_leaves():
    write(600)
    seal_everything()
    write(77)
    seal_everything()
    with connection.cursor() as cursor:
        cursor.execute(sources.named("entry").rows, [0, 1 << 62])
        leaves = [merkle.leaf_hash(text.encode()) for _row_id, text in cursor.fetchall()]

    assert log.edge_at(677).root() == merkle.root_of(leaves)
    assert log.edge_at(512).root() == merkle.root_of(leaves[:512])
    for index in (0, 255, 256, 511, 599, 600, 676):
        path = log.proof(merkle.inclusion_spans(index, 677))
        assert merkle.includes(leaf=leaves[index], index=index, size=677, path=path, root=merkle.root_of(leaves))
    for old in (1, 255, 256, 300, 600, 676):
        path = log.proof(merkle.consistency_spans(old, 677))
        roots = {"old_root": merkle.root_of(leaves[:old]), "new_root": merkle.root_of(leaves)}
        assert merkle.continues(old=old, new=677, path=path, **roots)


def test_a_proof_takes_few_reads(django_assert_max_num_queries):
    write(2000)
    seal_everything()

    with django_assert_max_num_queries(4):
        log.proof(merkle.inclusion_spans(777, 2000))


# ── While others write ──


def test_nothing_is_sealed_past_a_row_that_may_still_come():
    """An id is drawn and not yet committed while a later one is: sealing waits, and then takes both in order."""
    drawn, let_go = threading.Event(), threading.Event()
    slow = started(_write_slowly, drawn, let_go)
    assert drawn.wait(10)
    write(1, "later")

    early = sealer.seal()
    let_go.set()
    slow.join(10)
    late = seal_everything()

    assert (early, late) == (0, 2)
    assert sealed() == every_entry()
    assert list(Entry.objects.order_by("pk").values_list("thing", flat=True)) == ["slow:0", "later:0"]


def test_rows_that_were_there_before_do_not_wait_for_those_that_come_later():
    write(2)
    while not sealer._set_marks():  # PostgreSQL itself may be at work
        time.sleep(0.02)
    drawn, let_go = threading.Event(), threading.Event()
    slow = started(_write_slowly, drawn, let_go)
    assert drawn.wait(10)

    sealed_meanwhile = sealer.seal()

    let_go.set()
    slow.join(10)
    assert sealed_meanwhile == 2


def test_a_row_that_was_taken_back_leaves_no_gap_behind():
    write(1)
    with transaction.atomic():
        write(3)
        transaction.set_rollback(True)
    write(1)

    assert seal_everything() == 2
    assert sealed() == every_entry()


def test_an_id_is_drawn_after_the_transaction_got_its_number():
    """Else a mark could be over before the row below it is there. The default asks which came first."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("CREATE TABLE tried (id bigint DEFAULT pg_current_xact_id_if_assigned()::text::bigint)")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tried DEFAULT VALUES RETURNING id")
        assert cursor.fetchone() == (None,), "without the trigger there is no number yet"
        for statement in sources.draw_ids_in_turn("tried"):
            cursor.execute(statement)
        cursor.execute("INSERT INTO tried DEFAULT VALUES RETURNING id")
        assert cursor.fetchone()[0]
        cursor.execute("DROP TABLE tried")


def test_many_writers_and_sealers_seal_each_row_once():
    """Writers that commit late, early and never; two sealers beside them."""
    stop = threading.Event()
    sealers = [started(_seal_until, stop) for _ in range(2)]
    writers = [started(_write_much, number) for number in range(4)]
    for writer in writers:
        writer.join(60)
    stop.set()
    for each in sealers:
        each.join(60)
    seal_everything()

    assert sealed() == every_entry()
    assert len(sealed()) == 4 * SEVERAL * 2
    assert log.size() == len(sealed())


# ── In another cluster ──


def test_a_mark_of_another_cluster_is_dropped():
    """A dump restored elsewhere brings numbers of transactions that there lie in the far future."""
    write(2)
    seal_everything()
    write(2)
    Mark.objects.update(transaction_number=1 << 60, row_id=every_entry()[-1])

    assert seal_everything() == 2

    assert sealed() == every_entry()
    assert Mark.objects.get(source="entry").transaction_number < 1 << 60


# ── Checkpoints ──


def test_a_checkpoint_is_signed_by_the_city_and_says_size_and_root():
    write(5)

    checkpoint = seal_and_sign(at=NINE)

    said = notes.read(checkpoint.note)
    assert (said.size, said.root, said.at) == (5, log.edge_at(5).root(), NINE)
    assert (checkpoint.size, checkpoint.root, checkpoint.at) == (said.size, said.root, said.at)
    [key] = signing.every_key()
    assert notes.signed_by(checkpoint.note, [(key.origin, bytes(key.public))]) == [0]


def test_without_news_there_is_no_new_checkpoint():
    write(5)
    seal_and_sign(at=NINE)

    assert seal_and_sign(at=at("09:05")) is None

    assert Checkpoint.objects.count() == 1


def test_between_two_checkpoints_lies_a_pause():
    write(1)
    seal_and_sign(at=at("09:00"))
    write(1)
    seal_everything()

    assert sealer.seal_and_sign(at=at("09:00")) is None
    assert sealer.seal_and_sign(at=at("09:01")).size == 2


def test_an_empty_log_signs_nothing():
    assert seal_and_sign(at=NINE) is None


def started(target, *arguments) -> threading.Thread:
    def run() -> None:
        try:
            target(*arguments)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _write_slowly(drawn: threading.Event, let_go: threading.Event) -> None:
    with transaction.atomic():
        write(1, "slow")
        drawn.set()
        assert let_go.wait(20)


def _write_much(number: int) -> None:
    for turn in range(SEVERAL):
        with transaction.atomic():
            write(1, f"w{number}")
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(%s)", [0.001 * ((turn * 7 + number) % 5)])
            write(1, f"w{number}")
        with transaction.atomic():
            write(1)
            transaction.set_rollback(True)


def _seal_until(stop: threading.Event) -> None:
    while not stop.is_set():
        sealer.seal()
