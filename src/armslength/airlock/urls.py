"""Every address of the review site: each feature names its own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("armslength.web.urls")),
]
