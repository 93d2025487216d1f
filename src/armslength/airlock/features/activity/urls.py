"""Addresses of activity."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.activity import views

urlpatterns = [path("activity", views.activity, name="activity")]
