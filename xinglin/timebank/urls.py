"""Addresses of the time bank."""

from django.urls import path

from xinglin.timebank import views

app_name = "timebank"
urlpatterns = [
    path("timebank/", views.statement, name="statement"),
]
