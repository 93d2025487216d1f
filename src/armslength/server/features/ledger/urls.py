"""Addresses of the ledger."""

from __future__ import annotations

from django.urls import path

from armslength.server.features.ledger import views

app_name = "ledger"
urlpatterns = [
    path("ledger", views.entries, name="entries"),
    path("ledger/entries/<int:index>", views.entry, name="entry"),
    path("ledger/head.json", views.head, name="head"),
    path("ledger/key.pem", views.key, name="key"),
    path("ledger/entries.jsonl", views.export, name="export"),
    path("ledger/proof/<str:index>.json", views.proof, name="proof"),
    path("ledger/consistency.json", views.consistency, name="consistency"),
]
