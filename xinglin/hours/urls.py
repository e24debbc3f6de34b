"""Addresses of hours."""

from django.urls import path

from xinglin.hours import views

app_name = "hours"
urlpatterns = [
    path("me/hours/", views.mine, name="mine"),
    path("me/hours/<str:code>/", views.own, name="own"),
    path("desk/people/<slug:number>/hours/", views.of_volunteer, name="of_volunteer"),
    path("desk/records/<str:code>/", views.record, name="record"),
    path("desk/records/<str:code>/confirm/", views.confirm, name="confirm"),
    path("desk/records/<str:code>/void/", views.void, name="void"),
]
