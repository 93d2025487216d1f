"""Forms of the staff pages."""

from __future__ import annotations

from django import forms

from armslength.policy.roles import ROLES, ProjectState, Role, Scope
from armslength.server.models import Backend, Person, Project
from armslength.server.models.backends import Verb


def _roles(scope: Scope) -> list[tuple[str, str]]:
    return [
        (role.value, f"{role.value.replace('_', ' ').capitalize()}: {facts.who}")
        for role, facts in ROLES.items()
        if facts.scope is scope
    ]


class ProjectForm(forms.ModelForm):
    """What a project is."""

    class Meta:
        model = Project
        fields = ["title", "slug", "number", "organisation", "category", "summary"]
        labels = {"slug": "Short name"}
        help_texts = {"slug": "Stands in addresses and in the ledger; cannot be changed later."}


class MoveForm(forms.Form):
    """Approve, suspend, finish."""

    to = forms.ChoiceField(
        label="New state", choices=[(state.value, state.value.capitalize()) for state in ProjectState]
    )
    approval = forms.CharField(
        max_length=300,
        required=False,
        label="Approved by",
        help_text="Who, and where it is written. Needed to approve.",
    )


class PersonForm(forms.Form):
    """A new account."""

    username = forms.CharField(max_length=150)
    name = forms.CharField(max_length=300, label="Full name", help_text="Shown in public wherever they act.")
    email = forms.EmailField(required=False)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least twelve characters.",
    )


class GiveRoleForm(forms.Form):
    """A role for a person, on the site or on one project."""

    person = forms.ModelChoiceField(queryset=Person.objects.filter(is_active=True), to_field_name="username")
    role = forms.ChoiceField()
    end = forms.DateField(required=False, label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(max_length=500, help_text="Why, and where it was decided. For staff only.")

    def __init__(self, *arguments: object, scope: Scope, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - tells the type checker
        role.choices = _roles(scope)
        if scope is Scope.GLOBAL:
            del self.fields["person"]

    def chosen(self) -> Role:
        """Return the role."""
        return Role(self.cleaned_data["role"])


class BackendForm(forms.ModelForm):
    """A secure environment."""

    class Meta:
        model = Backend
        fields = ["name", "slug", "description"]
        labels = {"slug": "Short name"}


class TokenForm(forms.Form):
    """A token for one verb."""

    verb = forms.ChoiceField(label="For", choices=Verb.choices)
