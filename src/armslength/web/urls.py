"""Addresses both sites share. A site includes them at its root: `path("", include("armslength.web.urls"))`."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from armslength.web import health, views

app_name = "web"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/<slug:provider>", views.sign_in, name="sign-in-with"),
    path("sign-in/<slug:provider>/return", views.sign_in_return, name="sign-in-return"),
    path("sign-out", views.sign_out, name="sign-out"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide", views.styleguide, name="styleguide"))
