"""Addresses of publications."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.publications import views

app_name = "publications"
urlpatterns = [
    path("publications", views.publications, name="list"),
    path("workspaces/<slug:name>/publish", views.new, name="new"),
    path("publications/<slug:pk>", views.publication, name="publication"),
    path("publications/<slug:pk>/decide", views.decide, name="decide"),
    path("publications/<slug:pk>/withdraw", views.withdraw, name="withdraw"),
    path("publications/<slug:pk>/download", views.download, name="download"),
    path("publications/<slug:pk>/files/<path:path>", views.file, name="file"),
    path("publications/<slug:pk>/raw/<path:path>", views.raw, name="raw"),
]
