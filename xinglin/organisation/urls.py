"""Addresses of organisation."""

from django.urls import path

from xinglin.organisation.views import desk, roles, units

app_name = "organisation"
urlpatterns = [
    path("desk/organisation/", desk.desk, name="desk"),
    path("desk/organisation/roles/", roles.roles, name="roles"),
    path("desk/organisation/<slug:code>/", desk.unit, name="unit"),
    path("desk/organisation/<slug:code>/add/", units.add, name="add"),
    path("desk/organisation/<slug:code>/edit/", units.edit, name="edit"),
    path("desk/organisation/<slug:code>/move/", units.move, name="move"),
    path("desk/organisation/<slug:code>/trail/", units.trail_page, name="trail"),
    path("desk/organisation/<slug:code>/about/", units.about, name="about"),
    path("desk/organisation/<slug:code>/brands/", units.add_brand, name="add_brand"),
    path("desk/organisation/<slug:code>/brands/<slug:brand>/end/", units.end_brand, name="end_brand"),
    path("desk/organisation/<slug:code>/joints/", units.add_joint, name="add_joint"),
    path("desk/organisation/<slug:code>/joints/<slug:parent>/end/", units.end_joint, name="end_joint"),
    path("desk/organisation/<slug:code>/roles/", roles.grant, name="grant_role"),
    path("desk/organisation/<slug:code>/roles/<slug:role_code>/end/", roles.end, name="end_role"),
    path("desk/organisation/<slug:code>/roles/<slug:role_code>/term/", roles.term, name="role_term"),
    path("desk/organisation/<slug:code>/policies/<slug:name>/", desk.policy, name="policy"),
]
