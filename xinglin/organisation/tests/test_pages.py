"""The desk's pages of the organisation."""

from __future__ import annotations

import pytest
from django.urls import reverse

from xinglin.organisation import queries
from xinglin.organisation.models import Policy, Role
from xinglin.organisation.tests.factories import make_unit
from xinglin.people.tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(bureau):
    return make_staff(unit=bureau, role="bureau_administrator", name="李局")


def test_the_tree_shows_what_the_user_reaches(client, sign_in, hospital, blue, wang, lin, bureau):
    page = sign_in(client, wang).get(reverse("organisation:desk"))

    assert page.status_code == 200
    assert blue.name in page.text
    assert bureau.name not in page.text


def test_the_tree_takes_the_same_few_queries_for_many_units(
    client, sign_in, hospital, wang, django_assert_max_num_queries
):
    for _ in range(60):
        make_unit(parent=hospital)
    sign_in(client, wang)

    with django_assert_max_num_queries(15):
        client.get(reverse("organisation:desk"))


def test_a_unit_shows_roles_and_policies_in_few_queries(
    client, sign_in, hospital, blue, wang, django_assert_max_num_queries
):
    for _ in range(20):
        make_staff(unit=blue)
    sign_in(client, wang)

    with django_assert_max_num_queries(20):
        page = client.get(reverse("organisation:unit", args=[blue.code]))

    assert "系统原来的定法" in page.text
    assert "授予角色" not in page.text  # a coordinator sees, and does not grant


def test_an_administrator_grants_and_ends_a_role(client, sign_in, li, blue):
    new = make_user(login_name="sunqi", name="孙琪")
    sign_in(client, li)

    granted = client.post(
        reverse("organisation:grant_role", args=[blue.code]), {"login_name": "sunqi", "name": "team_leader"}
    )
    ended = client.post(reverse("organisation:end_role", args=[blue.code, new.roles.get().code]))

    assert (granted.status_code, ended.status_code) == (302, 302)
    assert new.roles.get().ends_at is not None


def test_an_unknown_login_name_is_said_beside_the_field(client, sign_in, li, blue):
    page = sign_in(client, li).post(
        reverse("organisation:grant_role", args=[blue.code]), {"login_name": "nobody", "name": "reviewer"}
    )

    assert page.status_code == 422
    assert "没有找到登录名为“nobody”的账号" in page.text


def test_a_policy_is_previewed_before_it_is_set(client, sign_in, li, hospital, at):
    sign_in(client, li)
    address = reverse("organisation:policy", args=[hospital.code, "minimum_age"])

    preview = client.post(address, {"value": "18"})
    nothing_yet = Policy.objects.count()
    client.post(address, {"value": "18", "sure": "1"})

    assert "18 岁" in preview.text
    assert nothing_yet == 0
    assert Policy.objects.get().value == 18


@pytest.mark.parametrize("name", ["rounding", "credited_provenance", "publication_days"])
def test_each_shape_of_policy_has_its_form(client, sign_in, li, hospital, name):
    address = reverse("organisation:policy", args=[hospital.code, name])

    assert sign_in(client, li).get(address).status_code == 200
    assert client.post(address, {"value": "x"}).status_code == 422


def test_a_number_for_each_category_keeps_what_differs(client, sign_in, li, hospital):
    address = reverse("organisation:policy", args=[hospital.code, "credit_rates"])
    sign_in(client, li)

    wrong = client.post(address, {"value_0004": "150", "value_0018": "half"})
    shown = client.post(address, {"value_0004": "150", "value_0018": "100", "value_0099": ""})
    client.post(address, {"value_0004": "150", "sure": "1"})

    assert wrong.status_code == 422
    assert "卫生健康 150%、其余 100%" in shown.text
    assert Policy.objects.get().value == {"0004": 150}


def test_a_policy_from_the_past_is_said_beside_the_field(client, sign_in, li, hospital):
    address = reverse("organisation:policy", args=[hospital.code, "minimum_age"])

    page = sign_in(client, li).post(address, {"value": "18", "starts_on": "2020-01-01", "sure": "1"})

    assert page.status_code == 422
    assert not Policy.objects.exists()


def test_strangers_and_sessions_without_a_second_factor_get_nothing(client, sign_in, lin, wang, bureau, blue, li):
    addresses = [reverse("organisation:desk"), reverse("organisation:unit", args=[blue.code])]

    for address in addresses:
        assert client.get(address).status_code == 302  # to the sign-in page
    for user, second_factor in ((lin.person.user, True), (wang, False)):
        sign_in(client, user, second_factor=second_factor)
        for address in addresses:
            assert client.get(address).status_code == 403
    sign_in(client, wang)
    assert client.get(reverse("organisation:unit", args=[bureau.code])).status_code == 404


def test_a_coordinator_can_neither_grant_nor_set_nor_end(client, sign_in, wang, blue, hospital):
    sign_in(client, wang)
    role = make_staff(unit=blue).roles.get()

    for address in (
        reverse("organisation:grant_role", args=[blue.code]),
        reverse("organisation:end_role", args=[blue.code, role.code]),
        reverse("organisation:policy", args=[blue.code, "minimum_age"]),
    ):
        client.post(address, {"login_name": "wangmin", "name": "auditor", "value": "18", "sure": "1"})

    assert not Role.objects.filter(name="auditor").exists()
    assert Role.objects.get(pk=role.pk).ends_at is None
    assert not Policy.objects.exists()
    assert queries.may(wang, "edit_people", hospital)
