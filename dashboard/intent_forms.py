"""The form of an intent: shares are shown as percents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Team
from ai.models import Intent
from conversations.models import Label


class IntentForm(forms.ModelForm[Intent]):
    """What customers want, who answers it, and how sure the AI must be."""

    class Meta:
        model = Intent
        fields = ("name", "description", "priority", "may_be_automatic", "applies_itself")
        help_texts = {
            "name": gettext_lazy("As you would say it to a colleague, such as “Refund” or “Where is my order”."),
            "description": gettext_lazy("A sentence or two that customers write. It works from this until it has learned more."),
            "may_be_automatic": gettext_lazy("Off: people answer it, with the AI's answer as a suggestion."),
        }

    # Rows can be asked for in a workspace's scope alone, so the choices come with each form.
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Team"),
        required=False,
        help_text=gettext_lazy("Who gets the conversation when the AI hands it over."),
    )
    label: forms.ModelChoiceField[Label] = forms.ModelChoiceField(None, label=gettext_lazy("Label"), required=False)
    minimum_confidence = forms.IntegerField(
        label=gettext_lazy("Least confidence, in percent"),
        min_value=0,
        max_value=100,
        initial=50,
        help_text=gettext_lazy("Below it an answer goes out only when its source is very clear."),
    )
    error_budget = forms.IntegerField(
        label=gettext_lazy("Error budget, in percent"),
        min_value=0,
        max_value=100,
        initial=5,
        help_text=gettext_lazy("When more of the reviewed answers are wrong, people answer until it is better."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance is not None:
            shares = {name: round(100 * getattr(instance, name)) for name in ("minimum_confidence", "error_budget")}
            kwargs["initial"] = {"team": instance.team_id, "label": instance.label_id, **shares, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]  # a choice of rows
        self.fields["label"].queryset = Label.objects.all()  # type: ignore[attr-defined]  # likewise

    def values(self) -> dict[str, Any]:
        """What the form holds, as `save_intent` takes it."""
        found = dict(self.cleaned_data)
        return {**found, "minimum_confidence": found["minimum_confidence"] / 100, "error_budget": found["error_budget"] / 100}
