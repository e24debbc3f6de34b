"""A foreign key is an import in disguise: written as a string, it still points downward only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.house import layers


def test_every_key_points_downward_or_stays_in_its_app():
    ours = [model for model in apps.get_models() if model._meta.app_label in layers()]

    found = list(keys_that_point_up(ours))

    assert ours
    assert found == []


@isolate_apps("xinglin.people")
def test_a_key_that_points_up_is_found():
    class Guest(models.Model):  # noqa: DJ008
        """A key written as a string, from people up to activities."""

        shift = models.ForeignKey("activities.Shift", on_delete=models.PROTECT)

        class Meta:
            app_label = "people"

    found = list(keys_that_point_up([Guest]))

    assert found == ["people.Guest.shift → activities"]


@isolate_apps("xinglin.organisation")
def test_a_key_to_many_that_points_up_is_found_too():
    class Guild(models.Model):  # noqa: DJ008
        """Many to many is a key as well."""

        volunteers = models.ManyToManyField("people.Volunteer")

        class Meta:
            app_label = "organisation"

    found = list(keys_that_point_up([Guild]))

    assert found == ["organisation.Guild.volunteers → people"]


def keys_that_point_up(found: Iterable[type[models.Model]]) -> Iterator[str]:
    order = layers()
    for model in found:
        own = model._meta.app_label
        for field in [*model._meta.fields, *model._meta.local_many_to_many]:
            target = _target_app(field)
            if target in order and order.index(target) < order.index(own):
                yield f"{own}.{model.__name__}.{field.name} → {target}"


def _target_app(field: models.Field) -> str | None:
    if field.remote_field is None:
        return None
    target = field.remote_field.model
    return target.split(".")[0] if isinstance(target, str) else target._meta.app_label
