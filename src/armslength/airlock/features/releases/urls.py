"""Addresses of releases."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.releases import views

urlpatterns = [
    path("requests/<str:identifier>/release", views.release, name="release-request"),
    path("requests/<str:identifier>/progress", views.progress, name="release-progress"),
]
