"""What views share: finding things by address, asking who may see them, answering after a change."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from armslength.airlock.features.requests.rules import why_not_see_request
from armslength.airlock.features.workspaces.rules import why_not_see_workspace
from armslength.airlock.models import FileGroup, ReleaseRequest, RequestFile
from armslength.airlock.refusals import Refused, refuse_if
from armslength.airlock.visits import Visit

Kind = TypeVar("Kind", bound=Enum)


def workspace_of(request: Visit, name: str) -> str:
    """Return the workspace of an address, if the person may look into it."""
    refuse_if(why_not_see_workspace(request.person, workspace=name))
    return name


def request_of(request: Visit, identifier: str) -> ReleaseRequest:
    """Return the release request of an address, if the person may look at it."""
    found = get_object_or_404(ReleaseRequest, pk=identifier)
    refuse_if(why_not_see_request(request.person, found))
    return found


def file_of(request: Visit, identifier: str, number: int) -> RequestFile:
    """Return one file of a release request the person may look at."""
    return get_object_or_404(
        request_of(request, identifier).files.select_related("request", "group"), pk=number
    )


def group_of(request: Visit, identifier: str, number: int) -> FileGroup:
    """Return one group of a release request the person may look at."""
    return get_object_or_404(request_of(request, identifier).groups.select_related("request"), pk=number)


def one_of(kind: type[Kind], value: str) -> Kind:
    """Return the member of a list that a form named, or refuse."""
    try:
        return kind(value)
    except ValueError:
        raise Refused("Choose one of the offered answers.", status=400) from None


def done(request: Visit, words: str, *, to: str, **arguments: str | int) -> HttpResponse:
    """Say what was done and go on to a page."""
    messages.success(request, words)
    return redirect(reverse(to, kwargs=arguments))
