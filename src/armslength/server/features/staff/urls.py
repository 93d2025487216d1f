"""Addresses of the staff pages."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.staff import views

app_name = "staff"
urlpatterns = [
    path("staff", views.home, name="home"),
    path("staff/projects/new", views.new_project, name="new-project"),
    path("staff/projects/<slug:slug>", views.project, name="project"),
    path("staff/people/new", views.new_person, name="new-person"),
    path("staff/people/<str:username>", views.person, name="person"),
    path("staff/grants/<int:pk>/end", views.end_grant, name="end-grant"),
    path("staff/backends/new", views.new_backend, name="new-backend"),
    path("staff/backends/<slug:slug>", views.backend, name="backend"),
    path("staff/tokens/<int:pk>/revoke", views.revoke_token, name="revoke-token"),
]
