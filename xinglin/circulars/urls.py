"""Addresses of circulars."""

from django.urls import path

from xinglin.circulars.views import desk, own

app_name = "circulars"
urlpatterns = [
    path("circulars/", own.mine, name="mine"),
    path("circulars/<slug:code>/", own.circular, name="circular"),
    path("desk/circulars/", desk.desk, name="desk"),
    path("desk/circulars/new/", desk.write, name="write"),
    path("desk/circulars/<slug:code>/", desk.shares, name="shares"),
    path("desk/circulars/<slug:code>/remind/", desk.remind, name="remind"),
    path("desk/circulars/<slug:code>/unread/<slug:unit>/", desk.unread, name="unread"),
    path("desk/circulars/<slug:code>/withdraw/", desk.withdraw, name="withdraw"),
]
