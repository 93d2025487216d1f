"""Addresses of workspaces."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.workspaces import views

urlpatterns = [
    path("workspaces", views.workspaces, name="workspaces"),
    path("workspaces/<slug:name>", views.workspace, name="workspace"),
    path("workspaces/<slug:name>/tree", views.tree, name="tree"),
]
