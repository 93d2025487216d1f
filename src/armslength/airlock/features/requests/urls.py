"""Addresses of release requests."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.requests import views

REQUEST = "requests/<str:identifier>"
FILE = f"{REQUEST}/files/<int:number>"
urlpatterns = [
    path("workspaces/<slug:name>/add", views.choose_files, name="choose-files"),
    path("requests", views.requests, name="requests"),
    path(REQUEST, views.show_request, name="request"),
    path(f"{REQUEST}/submit", views.submit, name="submit-request"),
    path(f"{REQUEST}/withdraw", views.withdraw, name="withdraw-request"),
    path(f"{REQUEST}/groups/<int:number>/describe", views.describe_group, name="describe-group"),
    path(FILE, views.show_file, name="request-file"),
    path(f"{FILE}/content", views.file_content, name="request-content"),
    path(f"{FILE}/update", views.update_file, name="update-file"),
    path(f"{FILE}/withdraw", views.withdraw_file, name="withdraw-file"),
    path(f"{FILE}/change", views.change_file, name="change-file"),
]
