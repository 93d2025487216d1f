"""Every address of the jobs site, one line for each feature."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("armslength.web.urls")),
    path("api/v1/", include("armslength.server.features.api.urls")),
]
handler400 = "armslength.web.views.bad_request"
handler403 = "armslength.web.views.permission_denied"
handler404 = "armslength.web.views.page_not_found"
handler500 = "armslength.web.views.server_error"
