"""Addresses of releases."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.releases import views

app_name = "releases"
urlpatterns = [
    path("releases/<slug:pk>", views.release, name="release"),
    path("releases/<slug:pk>/download", views.download, name="download"),
    path("releases/<slug:pk>/files/<path:path>", views.file, name="file"),
    path("releases/<slug:pk>/raw/<path:path>", views.raw, name="raw"),
]
