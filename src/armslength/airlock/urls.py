"""Every address of the review site: each feature names its own."""

from __future__ import annotations

from django.urls import include, path

FEATURES = ("home", "workspaces", "files", "requests", "findings", "reviews", "releases", "activity")
urlpatterns = [
    path("", include("armslength.web.urls")),
    *(path("", include(f"armslength.airlock.features.{feature}.urls")) for feature in FEATURES),
]
handler400 = "armslength.web.views.bad_request"
handler403 = "armslength.web.views.permission_denied"
handler404 = "armslength.web.views.page_not_found"
handler500 = "armslength.web.views.server_error"
