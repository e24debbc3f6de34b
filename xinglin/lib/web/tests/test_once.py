"""A page's memory: one question, one answer, and nothing kept for whoever comes next."""

import pytest
from django.http import HttpResponse

from xinglin.lib.web.once import OnceMiddleware, once


def asks_twice(told):
    def page(request):
        told.append([once("roles", object), once("roles", object)])
        return HttpResponse()

    return OnceMiddleware(page)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_asks_once(rf, method):
    told = []

    asks_twice(told)(rf.generic(method, "/"))

    assert told[0][0] is told[0][1]


def test_the_next_page_asks_anew(rf):
    told = []
    page = asks_twice(told)

    page(rf.get("/"))
    page(rf.get("/"))

    assert told[0][0] is not told[1][0]


def test_behind_a_button_nothing_is_remembered(rf):
    told = []

    asks_twice(told)(rf.post("/"))

    assert told[0][0] is not told[0][1]


def test_outside_of_a_request_nothing_is_remembered():
    assert once("roles", object) is not once("roles", object)


def test_a_page_that_breaks_leaves_no_memory(rf):
    def page(request):
        once("roles", object)
        raise ValueError

    with pytest.raises(ValueError, match=""):
        OnceMiddleware(page)(rf.get("/"))

    assert once("roles", object) is not once("roles", object)
