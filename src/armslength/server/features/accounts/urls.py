"""Addresses of accounts."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.accounts import views

app_name = "accounts"
urlpatterns = [
    path("account", views.account, name="account"),
    path("account/token", views.token, name="token"),
    path("account/password", views.password, name="password"),
    path("people/<str:username>", views.person, name="person"),
]
