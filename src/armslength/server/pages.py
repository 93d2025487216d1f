"""What the views of every feature share: pages of a list, and finding a thing or answering 404."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 30


def page_of(
    items: QuerySet[Any] | Sequence[Any], request: HttpRequest, *, per_page: int = PER_PAGE
) -> Page[Any]:
    """Return the page of a list that the address asks for; nonsense in the address gives the nearest page."""
    return Paginator(items, per_page).get_page(request.GET.get("page"))
