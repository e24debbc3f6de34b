"""Addresses of accounts."""

from django.urls import path

from xinglin.accounts import security_views, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/code/again/", views.send_again, name="send_again"),
    path("sign-in/number/", views.number, name="number"),
    path("sign-in/pin/", views.first_pin, name="first_pin"),
    path("sign-in/staff/", views.staff, name="staff"),
    path("sign-in/staff/code/", views.second_factor_code, name="second_factor"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("me/security/", security_views.security, name="security"),
    path("me/security/authenticator/", security_views.authenticator, name="authenticator"),
    path("me/security/codes/", security_views.recovery_codes, name="recovery_codes"),
    path("me/security/password/", security_views.password, name="password"),
]
