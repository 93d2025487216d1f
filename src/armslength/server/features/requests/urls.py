"""Addresses of requests and jobs."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.requests import feeds, views

app_name = "requests"
urlpatterns = [
    path("workspaces/<slug:name>/run", views.run, name="run"),
    path("requests", views.log, name="log"),
    path("requests.json", feeds.as_json, name="json"),
    path("requests.atom", feeds.as_atom, name="atom"),
    path("requests/<slug:pk>", views.job_request, name="request"),
    path("requests/<slug:pk>/live", views.live, name="live"),
    path("requests/<slug:pk>/cancel", views.cancel, name="cancel"),
    path("jobs/<slug:pk>", views.job, name="job"),
]
