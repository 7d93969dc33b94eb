"""Workspaces, members, invitations and teams."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy

from accounts.forms.entry import EmailField, NewPasswordField, check_new_password
from accounts.forms.personal import zones
from accounts.models import Membership, Team, User
from accounts.permissions import Role
from accounts.selectors import members
from accounts.services.members import grantable_roles
from core.names import NameField

MAX_INVITATIONS = 20


class NewWorkspaceForm(forms.Form):
    """A company's name."""

    name = NameField(label=gettext_lazy("Company"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "organization"}))


class WorkspaceForm(forms.Form):
    """A workspace's name, time zone and language."""

    name = NameField(label=gettext_lazy("Name"), max_length=80)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones,
        help_text=gettext_lazy("For everybody who has not chosen one of their own."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, help_text=gettext_lazy("Of invitations and other mails.")
    )


class InviteForm(forms.Form):
    """One or several addresses, and the role they get."""

    emails = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Several at once: put them on lines of their own or between commas."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), initial=Role.AGENT)

    def __init__(self, by: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in grantable_roles(by)]  # type: ignore[attr-defined]

    def clean_emails(self) -> list[str]:
        found = [one for one in re.split(r"[\s,;]+", str(self.cleaned_data["emails"])) if one]
        if len(found) > MAX_INVITATIONS:
            raise forms.ValidationError(_("Invite at most %(count)d people at once.") % {"count": MAX_INVITATIONS})
        field = EmailField()
        wrong = []
        for email in found:
            try:
                field.clean(email)
            except forms.ValidationError:
                wrong.append(email)
        if wrong:
            raise forms.ValidationError(_("This is not an e-mail address: %(emails)s.") % {"emails": ", ".join(wrong)})
        return found


class RoleForm(forms.Form):
    """A member's role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


class JoinForm(forms.Form):
    """The name and password of somebody who was invited."""

    name = NameField(label=gettext_lazy("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = NewPasswordField()

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        check_new_password(self, "password", User(name=self.cleaned_data.get("name", ""), email=self.email))
        return self.cleaned_data


class TeamForm(forms.Form):
    """A team's name and its people."""

    name = NameField(label=gettext_lazy("Name"), max_length=60)
    people = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Members"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team
        self.fields["people"].choices = [(one.user_id, one.user.name) for one in members()]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        same = Team.objects.filter(name__iexact=name)
        if (same.exclude(pk=self.team.pk) if self.team else same).exists():
            raise forms.ValidationError(_("There is a team of this name already."))
        return name
