"""Addresses of home."""

from django.urls import path  # noqa: F401

app_name = "home"
urlpatterns: list = []
