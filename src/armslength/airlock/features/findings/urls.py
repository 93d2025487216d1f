"""Addresses of findings."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.findings import views

urlpatterns = [
    path("requests/<str:identifier>/files/<int:number>/answer", views.answer, name="answer-finding"),
]
