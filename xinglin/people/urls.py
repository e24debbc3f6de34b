"""Addresses of people."""

from django.urls import path

from xinglin.people import desk_views, views

app_name = "people"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("apply/", views.apply, name="apply"),
    path("me/application/", views.application_state, name="application_state"),
    path("me/application/withdraw/", views.withdraw, name="withdraw"),
    path("me/agreement/", views.agreement, name="agreement"),
    path("me/agreement/paper/", views.agreement_paper, name="agreement_paper"),
    path("me/consents/", views.consents, name="consents"),
    path("me/consents/<slug:kind>/", views.change_consent, name="change_consent"),
    path("desk/people/", desk_views.desk, name="desk"),
    path("desk/people/<slug:number>/", desk_views.volunteer, name="volunteer"),
    path("desk/people/<slug:number>/qualification/", desk_views.add_qualification, name="add_qualification"),
    path("desk/people/<slug:number>/suspend/", desk_views.suspend, name="suspend"),
    path("desk/people/<slug:number>/resume/", desk_views.resume, name="resume"),
    path("desk/people/<slug:number>/slip/", desk_views.slip, name="slip"),
    path("desk/applications/", desk_views.applications, name="applications"),
    path("desk/applications/<slug:code>/", desk_views.application, name="application"),
    path("desk/applications/<slug:code>/approve/", desk_views.approve, name="approve"),
    path("desk/applications/<slug:code>/ask-back/", desk_views.ask_back, name="ask_back"),
    path("desk/applications/<slug:code>/refuse/", desk_views.refuse, name="refuse"),
    path("desk/applications/<slug:code>/reopen/", desk_views.reopen, name="reopen"),
]
