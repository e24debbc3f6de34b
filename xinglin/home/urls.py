"""Addresses of the first pages."""

from django.urls import path

from xinglin.home import delivery_views, demo_views, desk_views, install_views, statement_views, trust_views, views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", desk_views.desk, name="desk"),
    path("desk/waits/<slug:kind>/<slug:code>/", desk_views.waits, name="waits"),
    path("desk/waits/<slug:kind>/<slug:code>/decide/", desk_views.decide, name="decide"),
    path("desk/deliveries/", delivery_views.log, name="deliveries"),
    path("desk/deliveries/<slug:code>/resend/", delivery_views.resend, name="resend"),
    path("desk/undo/<slug:code>/", desk_views.take_back, name="take_back"),
    path("timebank/statement.pdf", statement_views.pdf, name="statement_pdf"),
    path("timebank/statement.xlsx", statement_views.sheet, name="statement_sheet"),
    path("manifest.webmanifest", install_views.manifest, name="manifest"),
    path("sw.js", install_views.worker, name="worker"),  # at the root: from there it sees when a page cannot be reached
    path("offline/", install_views.offline, name="offline"),
    path("health/", views.health, name="health"),
    path("demo/", demo_views.about, name="about_demo"),
    path("trust/", trust_views.trust, name="trust"),
    path("trust/ca.crt", trust_views.authority, name="authority"),
]
