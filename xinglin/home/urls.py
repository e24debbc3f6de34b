"""Addresses of the first pages."""

from django.urls import path

from xinglin.home import trust_views, views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("health/", views.health, name="health"),
    path("trust/", trust_views.trust, name="trust"),
    path("trust/ca.crt", trust_views.authority, name="authority"),
]
