"""Addresses of the time bank."""

from django.urls import path

from xinglin.timebank import health_views, views

app_name = "timebank"
urlpatterns = [
    path("timebank/", views.statement, name="statement"),
    path("desk/timebank/", health_views.health, name="health"),
    path("desk/timebank/measure/", health_views.measure, name="measure"),
]
