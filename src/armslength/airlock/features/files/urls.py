"""Addresses of level 4 files."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.files import views

urlpatterns = [
    path("workspaces/<slug:name>/file/<path:path>", views.workspace_file, name="workspace-file"),
    path("workspaces/<slug:name>/content/<path:path>", views.workspace_content, name="workspace-content"),
]
