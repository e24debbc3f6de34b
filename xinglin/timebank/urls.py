"""Addresses of timebank."""

from django.urls import path  # noqa: F401

app_name = "timebank"
urlpatterns: list = []
