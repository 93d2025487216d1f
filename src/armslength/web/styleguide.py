"""Samples for the living style page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator

from armslength.kernel.clock import utc_now
from armslength.web.icons import ICONS
from armslength.web.looks import KINDS

TABLE_SOURCE = '{% table caption="Rates by age" columns="Age|#People|#Rate" %}<tr>…</tr>{% endtable %}'


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(help_text="As it should stand on the public page.")
    number = forms.IntegerField(required=False, initial=12)
    state = forms.ChoiceField(choices=[("approved", "Approved"), ("finished", "Finished")])
    summary = forms.CharField(widget=forms.Textarea, help_text="For readers who are not researchers.")
    agree = forms.BooleanField(label="I have read the rules for sharing results")


def context() -> dict[str, Any]:
    """Return everything the style page shows."""
    now = utc_now()
    return {
        "kinds": {kind: list(looks) for kind, looks in KINDS.items()},
        "icons": ICONS,
        "form": SampleForm(
            {"title": "", "number": "12", "state": "approved", "summary": "Statins", "agree": "on"}
        ),
        "crumbs": [("Projects", "/"), ("Statins and falls", "/")],
        "tabs": [("overview", "Overview", "#"), ("runs", "Runs", "#"), ("outputs", "Outputs", "#")],
        "facts": [("Branch", "main"), ("Asked by", "Ann Archer"), ("Started", "3 minutes ago")],
        "entries": [
            {
                "title": "Asked for",
                "at": now - timedelta(minutes=9),
                "actor": "Ann Archer",
                "tone": "neutral",
            },
            {"title": "Accepted inside", "at": now - timedelta(minutes=8), "tone": "active"},
            {"title": "Finished", "at": now, "tone": "good", "body": "Three of three jobs succeeded."},
        ],
        "page": Paginator(range(60), 20).page(2),
        "source": TABLE_SOURCE,
        "people": ["Ann Archer", "Bola Adeyemi", "Chen Wei", "Dilys Evans", "Eva Novak", "Farid"],
        "files": ["rates.csv", "figure.svg", "model.json", "report.html", "notes.txt", "other"],
        "tones": ["neutral", "wait", "active", "good", "bad", "warn", "quiet"],
    }
