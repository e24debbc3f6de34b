"""Addresses of the public log. Those under /log/ are for everyone."""

from django.urls import path

from xinglin.transparency import desk_views, views

app_name = "transparency"
urlpatterns = [
    path("log/", views.log, name="log"),
    path("log/how/", views.how, name="how"),
    path("log/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/checkpoint/<int:size>", views.checkpoint_of, name="checkpoint_of"),
    path("log/consistency/<int:old>/<int:new>", views.consistency, name="consistency"),
    path("log/keys", views.keys, name="keys"),
    path("log/verify_proof.py", views.tool, name="tool"),
    path("me/proof/line/<int:sequence>/", views.line, name="line"),
    path("me/proof/line/<int:sequence>/proof.json", views.line_proof, name="line_proof"),
    path("me/proof/record/<str:code>/", views.record, name="record"),
    path("me/proof/record/<str:code>/proof.json", views.record_proof, name="record_proof"),
    path("desk/log/", desk_views.desk, name="desk"),
    path("desk/log/proof.json", desk_views.proof, name="any_proof"),
    path("desk/log/recipients/add/", desk_views.add, name="add_recipient"),
    path("desk/log/recipients/<str:code>/remove/", desk_views.remove, name="remove_recipient"),
]
