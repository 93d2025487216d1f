"""Addresses of projects."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.projects import views

app_name = "projects"
urlpatterns = [
    path("", views.home, name="home"),
    path("projects", views.project_list, name="list"),
    path("projects/<slug:slug>", views.project, name="project"),
]
