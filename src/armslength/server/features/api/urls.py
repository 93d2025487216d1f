"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.api import views

app_name = "api"
urlpatterns = [
    path("runner/work", views.work, name="work"),
    path("runner/report", views.report, name="report"),
    path("airlock/sign-in", views.sign_in, name="sign-in"),
    path("airlock/people/<str:username>", views.person, name="person"),
    path("airlock/events", views.events, name="events"),
    path("releases", views.releases, name="releases"),
    path("releases/<str:release>/files/<path:path>", views.release_file, name="release-file"),
]
