"""Addresses of recognition."""

from django.urls import path

from xinglin.recognition import desk_views, views

app_name = "recognition"
urlpatterns = [
    path("me/stars/", views.mine, name="mine"),
    path("stars/", views.publication, name="publication"),
    path("desk/stars/", desk_views.desk, name="desk"),
    path("desk/stars/schemes/", desk_views.schemes, name="schemes"),
    path("desk/stars/schemes/new/", desk_views.new_scheme, name="new_scheme"),
    path("desk/stars/privileges/", desk_views.privileges, name="privileges"),
    path("desk/stars/privileges/<slug:code>/end/", desk_views.end_privilege, name="end_privilege"),
    path("desk/stars/bars/", desk_views.bars, name="bars"),
    path("desk/stars/bars/<slug:code>/lift/", desk_views.lift, name="lift"),
    path("desk/stars/<slug:code>/", desk_views.grant, name="grant"),
    path("desk/stars/<slug:code>/withdraw/", desk_views.withdraw, name="withdraw"),
]
