"""Every address of the jobs site, one line for each feature."""

from __future__ import annotations

from django.urls import include, path

FEATURES = "armslength.server.features"
urlpatterns = [
    path("", include("armslength.web.urls")),
    path("", include(f"{FEATURES}.projects.urls")),
    path("", include(f"{FEATURES}.workspaces.urls")),
    path("", include(f"{FEATURES}.requests.urls")),
    path("", include(f"{FEATURES}.releases.urls")),
    path("", include(f"{FEATURES}.publications.urls")),
    path("", include(f"{FEATURES}.ledger.urls")),
    path("", include(f"{FEATURES}.accounts.urls")),
    path("", include(f"{FEATURES}.staff.urls")),
    path("api/v1/", include(f"{FEATURES}.api.urls")),
]
handler400 = "armslength.web.views.bad_request"
handler403 = "armslength.web.views.permission_denied"
handler404 = "armslength.web.views.page_not_found"
handler500 = "armslength.web.views.server_error"
