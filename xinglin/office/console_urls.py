"""Addresses of the console, and all that its host serves: `cities.middleware` leads here by XINGLIN_CONSOLE_HOST."""

from django.urls import include, path

from xinglin.office.views import cities, looking, signing_in

console = [
    path("", cities.every, name="cities"),
    path("cities/new/", cities.new, name="new_city"),
    path("cities/<slug:slug>/", cities.one, name="city"),
    path("cities/<slug:slug>/hosts/", cities.add_host, name="add_host"),
    path("cities/<slug:slug>/hosts/remove/", cities.remove_host, name="remove_host"),
    path("cities/<slug:slug>/close/", cities.close, name="close_city"),
    path("cities/<slug:slug>/open/", cities.reopen, name="reopen_city"),
    path("state/", looking.health, name="health"),
    path("versions/", looking.versions, name="versions"),
    path("trail/", looking.deeds, name="deeds"),
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/code/", signing_in.second_factor, name="second_factor"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("security/", signing_in.security, name="security"),
    path("security/authenticator/", signing_in.authenticator, name="authenticator"),
    path("security/codes/", signing_in.recovery_codes, name="recovery_codes"),
    path("security/password/", signing_in.password, name="password"),
]
urlpatterns = [
    path("", include((console, "console"))),
    path("", include("xinglin.lib.web.urls")),
]
