"""Addresses of reviews."""

from __future__ import annotations

from django.urls import path

from armslength.airlock.features.reviews import views

REQUEST = "requests/<str:identifier>"
urlpatterns = [
    path("reviews", views.review_queue, name="reviews"),
    path(f"{REQUEST}/files/<int:number>/vote", views.vote, name="vote"),
    path(f"{REQUEST}/groups/<int:number>/changes", views.request_changes_of_group, name="group-changes"),
    path(f"{REQUEST}/groups/<int:number>/comment", views.comment, name="comment"),
    path(f"{REQUEST}/comments/<int:number>/publish", views.publish_comment, name="publish-comment"),
    path(f"{REQUEST}/comments/<int:number>/strike", views.strike_comment, name="strike-comment"),
    path(f"{REQUEST}/review", views.submit_review, name="submit-review"),
    path(f"{REQUEST}/return", views.return_request, name="return-request"),
    path(f"{REQUEST}/reject", views.reject_request, name="reject-request"),
]
