"""Asking for runs, watching them, and the public log of all of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake, Mistakes
from armslength.pipeline.model import RUN_ALL
from armslength.pipeline.reading import read_pipeline
from armslength.server.access import refuse
from armslength.server.features.releases.rules import why_not_see_files
from armslength.server.features.requests import actions, queries, rules
from armslength.server.features.requests.explanations import explain
from armslength.server.features.requests.forms import RunForm
from armslength.server.features.requests.repository import Head, commit_address, read_head
from armslength.server.models import Backend, Job, JobRequest, ReleasedFile, Workspace
from armslength.server.pages import page_of
from armslength.server.visits import SignedIn
from armslength.wire.jobs import RequestState

STOP_POLLING = 286  # what htmx reads as: take this and ask no more


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: SignedIn, name: str) -> HttpResponse:
    """Show the actions at the newest commit, and ask for the chosen ones."""
    workspace = get_object_or_404(Workspace.objects.select_related("project", "backend"), name=name)
    refuse(rules.why_not_run(request.user, workspace=workspace))
    try:
        head = read_head(workspace.repository, branch=workspace.branch)
        pipeline = read_pipeline(head.pipeline)
    except (Mistake, Mistakes) as error:
        found = error.mistakes if isinstance(error, Mistakes) else (error,)
        return _run_page(request, workspace, {"mistakes": found}, status=200)
    form = RunForm(
        request.POST or None, actions=[*pipeline.actions, RUN_ALL], initial={"commit": head.commit}
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["commit"] == head.commit:
            return _ask(request, workspace, head, form)
        form.add_error(
            None, "The branch moved on while you were choosing. Look at the new commit and send again."
        )
        sent = request.POST.copy()
        sent["commit"] = head.commit
        form.data = sent
    states = queries.last_states(workspace.pk)
    rows = [
        {
            "action": action,
            "job": states.get(action.id),
            "checked": action.id in (form["actions"].value() or ()),
        }
        if form.is_bound
        else {"action": action, "job": states.get(action.id), "checked": False}
        for action in pipeline.actions.values()
    ]
    context = {"form": form, "head": head, "rows": rows, "run_all": RUN_ALL}
    return _run_page(request, workspace, context, status=400 if form.is_bound else 200)


def _run_page(
    request: HttpRequest, workspace: Workspace, context: dict[str, Any], *, status: int
) -> HttpResponse:
    project = workspace.project
    context |= {
        "workspace": workspace,
        "section": "projects",
        "crumbs": [
            ("Projects", "/projects"),
            (project.title, f"/projects/{project.slug}"),
            (workspace.name, f"/workspaces/{workspace.name}"),
        ],
    }
    return render(request, "requests/run.html", context, status=status)


def _ask(request: SignedIn, workspace: Workspace, head: Head, form: RunForm) -> HttpResponse:
    wish = actions.Wish(head=head, actions=form.cleaned_data["actions"], force=form.cleaned_data["force"])
    made = actions.make_request(workspace, wish=wish, by=request.user, now=utc_now())
    return redirect("requests:request", made.pk)


def _live(request: HttpRequest, found: JobRequest) -> dict[str, Any]:
    now = utc_now()
    jobs = queries.in_order(list(found.jobs.all()))
    done, total = queries.progress_of(jobs)
    return {
        "request_row": found,
        "jobs": [(job, explain(job.reason, job.message)) for job in jobs],
        "explanation": explain(found.reason, found.message),
        "picture": queries.picture_of(jobs, now=now) if jobs else None,
        "done": done,
        "total": total,
        "silent": queries.is_silent(found, now=now),
        "steps": queries.steps_of(found, jobs),
        "polling": not found.is_over,
    }


def _find(pk: str) -> JobRequest:
    related = ("workspace__project", "backend", "requested_by", "cancelled_by")
    return get_object_or_404(JobRequest.objects.select_related(*related), pk=pk)


@require_safe
def job_request(request: HttpRequest, pk: str) -> HttpResponse:
    """Show one request: what was asked, by whom, of which code, and what became of it."""
    found = _find(pk)
    workspace, project = found.workspace, found.workspace.project
    signed_in = request.user.is_authenticated
    context = _live(request, found) | {
        "section": "requests",
        "crumbs": [
            ("Projects", "/projects"),
            (project.title, f"/projects/{project.slug}"),
            (workspace.name, f"/workspaces/{workspace.name}"),
        ],
        "address": commit_address(found.repository, found.commit),
        "why_not_cancel": rules.why_not_cancel(request.user, request=found) if signed_in else None,
        "signed_in": signed_in,
        "facts": [
            ("Asked by", found.requested_by.name),
            ("Backend", found.backend.name),
            ("Repository", found.repository),
            ("Branch", found.branch),
            ("Run again what is done", "Yes" if found.force else ""),
        ],
    }
    return render(request, "requests/request.html", context)


@require_safe
def live(request: HttpRequest, pk: str) -> HttpResponse:
    """Give the part of the page that changes; tell the asking to stop once nothing will."""
    found = _find(pk)
    status = STOP_POLLING if found.is_over else 200
    response = render(request, "requests/live.html", _live(request, found), status=status)
    response.headers["Cache-Control"] = "no-store"
    if found.is_over:
        response.headers["HX-Refresh"] = (
            "true"  # once more as a whole, so that the button to stop it goes, too
        )
    return response


@login_required
@require_POST
def cancel(request: SignedIn, pk: str) -> HttpResponse:
    """Ask that a request be stopped."""
    found = actions.cancel_request(_find(pk), by=request.user, now=utc_now())
    messages.success(
        request, "The runner inside will be told at its next visit. What finishes before that stays."
    )
    return redirect("requests:request", found.pk)


@require_safe
def job(request: HttpRequest, pk: str) -> HttpResponse:
    """Show one job."""
    related = ("request__workspace__project", "request__requested_by", "request__backend")
    found = get_object_or_404(Job.objects.select_related(*related), pk=pk)
    asked = found.request
    workspace = asked.workspace
    see = why_not_see_files(request.user, workspace=workspace) is None
    spent = found.finished_at - found.started_at if found.finished_at and found.started_at else None
    waited = found.started_at - found.queued_at if found.started_at else None
    earlier = Job.objects.filter(request__workspace=workspace, action=found.action).exclude(pk=pk)
    context = {
        "section": "requests",
        "has_aside": True,
        "job": found,
        "explanation": explain(found.reason, found.message),
        "spent": spent,
        "waited": waited,
        "crumbs": [
            ("What ran", "/requests"),
            (workspace.name, f"/workspaces/{workspace.name}"),
            (f"Request {asked.pk}", f"/requests/{asked.pk}"),
        ],
        "address": commit_address(asked.repository, asked.commit),
        "command": _command(asked, found.action),
        "needs": Job.objects.filter(request=asked, action__in=found.needs),
        "earlier": earlier.select_related("request").order_by("-queued_at")[:8],
        "files": ReleasedFile.objects.filter(job=pk, release__workspace=workspace) if see else (),
    }
    return render(request, "requests/job.html", context)


def _command(asked: JobRequest, action: str) -> str:
    try:
        found = read_pipeline(asked.pipeline).actions.get(action)
    except (Mistake, Mistakes):
        return ""
    return " ".join((found.command.environment, *found.command.arguments)) if found else ""


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """List every request there ever was."""
    filters = queries.Filters.from_query(request.GET)
    context = {
        "section": "requests",
        "page": page_of(queries.requests_matching(filters), request),
        "filters": filters,
        "backends": Backend.objects.all(),
        "states": list(RequestState),
        "query": request.GET.urlencode(),
    }
    return render(request, "requests/log.html", context)
