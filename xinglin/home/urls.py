"""Addresses of the first pages."""

from django.urls import path

from xinglin.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("health/", views.health, name="health"),
]
