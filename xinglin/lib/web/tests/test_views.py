"""Preferences, the page of all parts, and the pages that stand when something went wrong."""

import pytest
from django.template.loader import render_to_string

pytestmark = [pytest.mark.django_db, pytest.mark.urls("xinglin.lib.web.tests.urls")]


def test_larger_type_is_remembered_and_the_person_stays_on_the_page(client):
    response = client.post("/preferences/", {"elder": "1", "next": "/look/?page=2"})

    assert (response.status_code, response["Location"]) == (303, "/look/?page=2")
    assert response.cookies["elder"]["max-age"] == 365 * 24 * 60 * 60
    assert "data-elder" in client.get("/look/").content.decode()


def test_the_device_decides_again_once_the_choice_is_taken_back(client):
    client.post("/preferences/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/look/").content.decode()

    client.post("/preferences/", {"theme": ""})

    assert "data-theme" not in client.get("/look/").content.decode()


def test_the_language_is_remembered(client):
    client.post("/preferences/", {"language": "en"})

    assert '<html lang="en"' in client.get("/look/").content.decode()


@pytest.mark.parametrize("field", [{"theme": "neon"}, {"language": "xx"}, {"elder": "yes"}, {}])
def test_nonsense_changes_nothing(client, field):
    response = client.post("/preferences/", field)

    assert response.status_code == 303
    assert not [cookie for cookie in response.cookies.values() if cookie.value]


@pytest.mark.parametrize("stranger", ["https://stranger.example/", "//stranger.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_a_strangers_address(client, stranger):
    response = client.post("/preferences/", {"elder": "1", "next": stranger}, headers={"referer": stranger})

    assert response["Location"] == "/"


def test_preferences_are_changed_by_a_form_only(client):
    assert client.get("/preferences/").status_code == 405


@pytest.mark.parametrize("path", ["/look/", "/look/desk/", "/look/paper/"])
def test_the_page_of_all_parts_is_for_builders_only(client, settings, path):
    settings.MODE = "demo"
    assert client.get(path).status_code == 200

    settings.MODE = "production"

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_pages_stand_without_a_request_in_both_languages_with_a_way_on(name):
    page = render_to_string(f"{name}.html")

    assert 'lang="en"' in page
    assert 'href="/"' in page


def test_an_address_that_leads_nowhere_gets_a_kind_page(client):
    response = client.get("/nowhere-at-all/")

    assert response.status_code == 404
    assert "这里没有您要找的内容" in response.content.decode()


def test_an_address_that_leads_nowhere_looks_as_the_pages_were_chosen_to(client):
    as_it_comes = client.get("/nowhere-at-all/").content.decode()
    client.cookies["theme"], client.cookies["elder"] = "dark", "1"

    chosen = client.get("/nowhere-at-all/").content.decode()

    assert 'data-theme="dark"' in chosen
    assert "data-elder" in chosen
    assert "data-theme" not in as_it_comes
    assert "data-elder" not in as_it_comes
