"""Forms about publications."""

from __future__ import annotations

from typing import Any

from django import forms

from armslength.server.models import ReleasedFile, Workspace


class ProposeForm(forms.Form):
    """Title, description, files."""

    title = forms.CharField(max_length=300, help_text="What a reader sees first, in plain words.")
    description = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What was found, in whom, and what it does not show. For readers who are not researchers.",
    )
    # A form's own `files` are uploads; Django sets this field apart from them, its stubs do not.
    files = forms.ModelMultipleChoiceField(  # type: ignore[assignment]
        queryset=ReleasedFile.objects.none(), widget=forms.CheckboxSelectMultiple, label="Files"
    )

    def __init__(self, *arguments: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*arguments, **options)
        files = ReleasedFile.objects.filter(release__workspace=workspace).exclude(release__completed_at=None)
        field = self.fields["files"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = files.select_related("release").order_by("-release__released_at", "path")


class ReasonForm(forms.Form):
    """Why not."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
