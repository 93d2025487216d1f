"""The address of the front page."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.home import views

urlpatterns = [path("", views.home, name="home")]
