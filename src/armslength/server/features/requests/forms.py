"""The form that asks for a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


class RunForm(forms.Form):
    """Actions of one commit. The commit travels with the form: what was shown is what is asked for."""

    commit = forms.RegexField(regex=r"^[0-9a-f]{40}$", widget=forms.HiddenInput)
    actions = forms.MultipleChoiceField(
        error_messages={"required": "Choose at least one action, or `run_all`."},
        widget=forms.CheckboxSelectMultiple,
    )
    force = forms.BooleanField(
        required=False,
        label="Run again what is done already",
        help_text="Otherwise an action that succeeded before is only run again when you choose it yourself.",
    )

    def __init__(self, *arguments: Any, actions: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["actions"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(name, name) for name in actions]
