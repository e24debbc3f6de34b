"""Addresses of notices."""

from django.urls import path

from xinglin.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.mine, name="mine"),
    path("notices/read/", views.read_all, name="read_all"),
    path("notices/choices/", views.choices, name="choices"),
    path("notices/mail/", views.mail, name="mail"),
    path("notices/mail/code/", views.mail_code, name="mail_code"),
    path("notices/wechat/", views.wechat, name="wechat"),
    path("notices/wechat/back/", views.wechat_back, name="wechat_back"),
    path("notices/forget/<slug:channel>/", views.forget, name="forget"),
    path("notices/<slug:code>/", views.opened, name="opened"),
]
