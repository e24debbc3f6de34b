"""Addresses of organisation."""

from django.urls import path  # noqa: F401

app_name = "organisation"
urlpatterns: list = []
