"""Every row that belongs to somebody is spoken for by a `person.py`: what nobody covers would outlive an erasure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from xinglin.accounts.models import User
from xinglin.cities.routing import SHARED
from xinglin.lib.whole_person import Key
from xinglin.office import whole
from xinglin.people.models import Person, Volunteer

SOMEBODY = (User, Person, Volunteer)


def keys_to_somebody(all_models: Iterable[Any], declared: Mapping[str, Key]) -> Iterator[str]:
    """Each key to a person, a volunteer, an account, or to what belongs to one: followed until no more are found."""
    theirs: set[Any] = set(SOMEBODY)
    known = list(all_models)
    while True:
        found = {
            f"{model._meta.label}.{field.name}": model
            for model in known
            for field in model._meta.get_fields()
            if (field.many_to_one or field.one_to_one or field.many_to_many)
            and field.concrete
            and field.related_model in theirs
        }
        more = {model for name, model in found.items() if declared.get(name) == Key.OWN} - theirs
        if not more:
            yield from found
            return
        theirs |= more


def models_of_cities() -> list[Any]:
    return [model for model in apps.get_models() if model._meta.app_label not in SHARED and model._meta.managed]


def test_each_key_that_leads_to_somebody_is_spoken_for():
    found = set(keys_to_somebody(models_of_cities(), whole.keys()))

    assert found - set(whole.keys()) == set(), (
        "say in that app's person.py what this key means, and export, erase, merge"
    )
    assert set(whole.keys()) - found == set(), "these keys are gone"


def test_each_app_with_such_a_key_declares_its_own():
    for app in whole.APPS:
        label = app.__name__.split(".")[1]
        strangers = {"mfa", "account"} if label == "accounts" else set()
        assert {name.split(".")[0] for name in app.KEYS} <= {label} | strangers


@isolate_apps("xinglin.people")
@pytest.mark.parametrize("target", ["people.Person", "people.Volunteer", "accounts.User", "people.Application"])
def test_a_model_that_nobody_covers_is_found(target):
    class Diagnosis(models.Model):  # noqa: DJ008
        """Something about somebody, or about what belongs to somebody."""

        whose = models.ForeignKey(apps.get_model(target), on_delete=models.PROTECT)

        class Meta:
            app_label = "people"

    found = set(keys_to_somebody([*models_of_cities(), Diagnosis], whole.keys()))

    assert found - set(whole.keys()) == {"people.Diagnosis.whose"}
