"""Addresses of projects: none of their own yet, they are opened while planning activities."""

from django.urls import URLPattern

app_name = "projects"
urlpatterns: list[URLPattern] = []
