"""Every row that hangs on a unit is spoken for by a `unit.py`: what nobody covers would be forgotten when it closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from xinglin.office import closing
from xinglin.organisation.models import Unit


def keys_to_units(all_models: Iterable[Any]) -> Iterator[str]:
    for model in all_models:
        for field in model._meta.get_fields():
            is_key = field.many_to_one or field.one_to_one or field.many_to_many
            if is_key and field.concrete and field.related_model is Unit:
                yield f"{model._meta.label}.{field.name}"


def test_each_key_that_leads_to_a_unit_is_spoken_for():
    found = set(keys_to_units(apps.get_models()))

    assert found - closing.keys() == set(), "say in that app's unit.py what becomes of this when the unit closes"
    assert closing.keys() - found == set(), "these keys are gone"


def test_each_app_with_such_a_key_declares_its_own():
    for app in closing.APPS:
        label = app.__name__.split(".")[1]
        assert {name.split(".")[0] for name in app.KEYS} <= {label}


@isolate_apps("xinglin.organisation")
def test_a_model_that_nobody_covers_is_found():
    class Cupboard(models.Model):  # noqa: DJ008
        """Something that stands in a unit."""

        unit = models.ForeignKey(Unit, on_delete=models.PROTECT)

        class Meta:
            app_label = "organisation"

    assert set(keys_to_units([Cupboard])) == {"organisation.Cupboard.unit"}
