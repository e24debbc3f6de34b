"""Addresses of organisation."""

from django.urls import path

from xinglin.organisation import views

app_name = "organisation"
urlpatterns = [
    path("desk/organisation/", views.desk, name="desk"),
    path("desk/organisation/<slug:code>/", views.unit, name="unit"),
    path("desk/organisation/<slug:code>/roles/", views.grant_role, name="grant_role"),
    path("desk/organisation/<slug:code>/roles/<slug:role_code>/end/", views.end_role, name="end_role"),
    path("desk/organisation/<slug:code>/policies/<slug:name>/", views.policy, name="policy"),
]
