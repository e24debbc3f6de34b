"""Leaf sources: which rows are sealed, and the exact text that is sealed of each.

An app registers its source when it starts. The text is made in SQL, so that a row needs not travel column by column:
one JSON object without spaces, keys in the order given, times in UTC to the microsecond. Codes, minutes, times,
origin and a salt go in, never a personal field: erasing a person breaks no proof, and nobody can guess a leaf.

A source's table is append-only, its ids rise, and each id is drawn after its transaction got its number
(`draw_ids_in_turn`, or the table's own way of writing): that is what the sealer's lag rule stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

TURN = """
CREATE FUNCTION take_transaction_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_current_xact_id();
    RETURN NULL;
END $$
"""
LONGEST_NAME = 16


def draw_ids_in_turn(table: str) -> list[str]:
    """Statements for a migration: whoever inserts takes a transaction number first, and draws ids after it."""
    return [
        f"CREATE TRIGGER {table}_takes_its_turn BEFORE INSERT ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION take_transaction_number()"
    ]


def draw_ids_anyhow(table: str) -> list[str]:
    """The way back."""
    return [f"DROP TRIGGER {table}_takes_its_turn ON {table}"]


# ── What a field of a leaf is in SQL ──


def plain(column: str) -> str:
    """A number, a truth value or JSON, as PostgreSQL writes it."""
    return f"coalesce({column}::text, 'null')"


def text(column: str) -> str:
    return f"coalesce(to_json({column}::text)::text, 'null')"


def moment(column: str) -> str:
    stamp = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    return f"coalesce('\"' || {stamp} || '\"', 'null')"


@dataclass(frozen=True)
class Source:
    """Rows of one table that are sealed: its name in the log, and each field of a leaf as SQL over the table.

    `also` compares what is not sealed itself with what is: it yields where and what differs, as a stream.
    """

    name: str
    table: str
    fields: Mapping[str, str]
    also: Callable[[], Iterator[tuple[str, str]]] | None = None

    @property
    def leaf(self) -> str:
        """The SQL expression of a row's sealed text."""
        parts = [f'\'{{"leaf":"{self.name}"\'']
        parts += [f"',\"{name}\":' || {expression}" for name, expression in self.fields.items()]
        return " || ".join(parts) + " || '}'"

    @property
    def rows(self) -> str:
        """The rows after one id and up to another, in the order of their ids: id and sealed text."""
        return f"SELECT id, {self.leaf} FROM {self.table} WHERE id > %s AND id <= %s ORDER BY id"


_registered: dict[str, Source] = {}


def register(source: Source) -> None:
    """Called once by an app as it starts. The same again is no harm; another under the same name is a mistake."""
    assert len(source.name) <= LONGEST_NAME, "the log keeps the name of the source with every stretch"
    assert _registered.setdefault(source.name, source) == source, f"two sources are called {source.name}"


def every() -> list[Source]:
    """All sources, always in the same order."""
    return [_registered[name] for name in sorted(_registered)]


def named(name: str) -> Source | None:
    return _registered.get(name)
