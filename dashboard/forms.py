"""The dashboard's forms."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _, gettext_lazy

from accounts.models import Team, User
from conversations.models import Inbox, Label
from conversations.selectors.conversations import viewing_users
from core.names import NameField

MAX_ATTRIBUTES = 50
TONE_CHOICES = [(tone, tone) for tone in ("neutral", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")]


class AttributesForm(forms.Form):
    """A contact's name and custom attributes, which come as two lists: `attribute` and `value`."""

    name = NameField(label=gettext_lazy("Name"), max_length=120, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self._pairs = list(zip(data.getlist("attribute"), data.getlist("value"), strict=False))

    def clean(self) -> dict[str, Any]:
        named = [name.strip() for name, _value in self._pairs if name.strip()]
        if len(named) != len(set(named)):
            raise forms.ValidationError(_("Two attributes have the same name. Give each its own."))
        if len(named) > MAX_ATTRIBUTES:
            raise forms.ValidationError(_("A contact may have at most %(count)d attributes.") % {"count": MAX_ATTRIBUTES})
        return self.cleaned_data

    def attributes(self) -> dict[str, str]:
        """The attributes as they are stored; those without a name or value are left out."""
        return {name.strip()[:60]: value.strip()[:500] for name, value in self._pairs if name.strip() and value.strip()}


class LabelForm(forms.ModelForm[Label]):
    """A label's name and colour."""

    class Meta:
        model = Label
        fields = ("name", "color")
        field_classes = {"name": NameField}

    color = forms.ChoiceField(label=gettext_lazy("Colour"), choices=TONE_CHOICES, initial="neutral")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Label.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a label of this name already."))
        return name


class InboxForm(forms.ModelForm[Inbox]):
    """What every inbox has, whatever its channel."""

    class Meta:
        model = Inbox
        fields = ("name", "team")
        field_classes = {"name": NameField}

    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        label=gettext_lazy("Team"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("No team"),
        help_text=gettext_lazy("New conversations go to this team."),
    )
    members: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("People"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Who sees this inbox. Owners and admins see every inbox anyway; viewers read and do not answer."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.all()  # type: ignore[attr-defined]  # a model choice field
        members = self.fields["members"]
        members.queryset = viewing_users()  # type: ignore[attr-defined]  # a model choice field
        members.label_from_instance = _name  # type: ignore[attr-defined]  # names are encrypted, str() tells none


def _name(user: User) -> str:
    return user.name
