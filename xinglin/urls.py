"""Every page and endpoint, by app."""

from django.urls import include, path

urlpatterns = [
    path("", include("xinglin.home.urls")),
    path("", include("xinglin.office.urls")),
    path("", include("xinglin.lib.web.urls")),
    path("", include("xinglin.accounts.urls")),
    path("", include("xinglin.notices.urls")),
    path("", include("xinglin.organisation.urls")),
    path("", include("xinglin.circulars.urls")),
    path("", include("xinglin.people.urls")),
    path("", include("xinglin.timebank.urls")),
    path("", include("xinglin.hours.urls")),
    path("", include("xinglin.transparency.urls")),
    path("", include("xinglin.projects.urls")),
    path("", include("xinglin.activities.urls")),
    path("", include("xinglin.recognition.urls")),
    path("", include("xinglin.benefits.urls")),
]
