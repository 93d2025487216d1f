"""The form that makes a workspace."""

from __future__ import annotations

from typing import Any

from django import forms

from armslength.server.features.requests.repository import why_not_repository
from armslength.server.models import Backend, Project, Workspace


class WorkspaceForm(forms.ModelForm):
    """Name, repository, branch, backend, purpose."""

    class Meta:
        model = Workspace
        fields = ["name", "repository", "branch", "backend", "purpose"]
        help_texts = {
            "name": "Unique on this site; small letters, digits, - and _. Its folder inside is called the same.",
            "repository": "The https address of the repository that holds project.yaml at its top.",
            "branch": "Requests always run the newest commit of this branch.",
            "backend": "The secure environment where the records are.",
        }
        widgets = {"purpose": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *arguments: Any, project: Project, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.instance.project = project
        field = self.fields["backend"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = Backend.objects.order_by("name")
        if Backend.objects.count() == 1:
            field.initial = Backend.objects.first()

    def clean_repository(self) -> str:
        address: str = self.cleaned_data["repository"].strip()
        if reason := why_not_repository(address):
            raise forms.ValidationError(reason)
        return address
