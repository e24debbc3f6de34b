"""Only the web's own doors: what stands below the apps is tested without them."""

from django.urls import include, path

urlpatterns = [path("", include("xinglin.lib.web.urls"))]
