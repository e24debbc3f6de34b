"""Addresses of the installation that every host answers: for monitors. The console has its own, on its own host."""

from django.urls import path

from xinglin.office.views import closing, monitor

app_name = "office"
urlpatterns = [
    path("desk/organisation/<slug:code>/close/", closing.close, name="close_unit"),
    path("ready/", monitor.ready, name="ready"),
    path("metrics", monitor.metrics, name="metrics"),  # without a slash: monitors ask so by themselves
]
