"""Keeping what people are found by: the words of a name, where it is written, and by a job wherever it was not."""

from __future__ import annotations

from django.db import connection, transaction

from xinglin.people import naming
from xinglin.people.models import Person, Sought

LARGEST_ROUND = 2_000
FILL = (
    "UPDATE people_sought SET words = given.words::tsvector"
    " FROM unnest(%s::bigint[], %s::text[]) AS given (person, words) WHERE person_id = given.person"
)


def note(*, person: Person) -> None:
    """Whoever has just written a name lets it be found at once."""
    Sought.objects.filter(person=person).update(words=naming.words_of(person.name))


@transaction.atomic
def fill(*, limit: int = LARGEST_ROUND) -> int:
    """Let those be found whose name was written without saying so; how many there were."""
    waiting = Sought.objects.select_for_update(skip_locked=True, of=("self",)).filter(words__isnull=True)
    rows = list(waiting.values_list("person_id", "person__name")[:limit])
    field = Sought._meta.get_field("words")
    with connection.cursor() as cursor:
        cursor.execute(
            FILL, [[key for key, _name in rows], [field.get_prep_value(naming.words_of(name)) for _key, name in rows]]
        )
    return len(rows)
