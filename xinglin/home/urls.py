"""Addresses of the first pages."""

from django.urls import path

from xinglin.home import monitor_views, trust_views, views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("health/", views.health, name="health"),
    path("ready/", monitor_views.ready, name="ready"),
    path("metrics", monitor_views.metrics, name="metrics"),  # without a slash: monitors ask so by themselves
    path("trust/", trust_views.trust, name="trust"),
    path("trust/ca.crt", trust_views.authority, name="authority"),
]
