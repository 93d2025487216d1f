"""Addresses of workspaces."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.workspaces import views

app_name = "workspaces"
urlpatterns = [
    path("projects/<slug:slug>/workspaces/new", views.new, name="new"),
    path("workspaces/<slug:name>", views.workspace, name="workspace"),
    path("workspaces/<slug:name>/archive", views.archive, name="archive"),
]
