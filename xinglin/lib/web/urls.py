"""What the pages themselves need: preferences, and the page of all parts."""

from django.urls import path

from xinglin.lib.web import views

app_name = "web"

urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("look/", views.look, name="look"),
    path("look/desk/", views.look_desk, name="look_desk"),
    path("look/paper/", views.look_paper, name="look_paper"),
]
