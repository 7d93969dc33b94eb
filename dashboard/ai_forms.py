"""The forms of AI's settings."""

from datetime import time
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _, gettext_lazy

from ai.models import AiSettings, InboxAi, Provider
from core.http.errors import UnsafeAddressError
from core.http.lending import check_lent
from dashboard.money import CURRENCIES

MAX_TOPICS = 50
#: Languages that the embedded models know well, by their own names.
LANGUAGES = [
    ("en", "English"), ("pt", "Português"), ("es", "Español"), ("fr", "Français"), ("de", "Deutsch"), ("it", "Italiano"),
    ("nl", "Nederlands"), ("pl", "Polski"), ("tr", "Türkçe"), ("ru", "Русский"), ("ar", "العربية"), ("ja", "日本語"),
    ("ko", "한국어"), ("th", "ไทย"), ("zh", "中文"),
]  # fmt: skip
GREETING_HELP = gettext_lazy(
    "The first answer in a conversation begins with it, where the customer writes in its language; in others the assistant "
    "begins in words of its own. That it is an AI, and how to reach a person, is added in any case."
)


class _VoiceFields(forms.Form):
    """Who the assistant is and what it must not say, in the workspace or in one inbox."""

    assistant_name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Customers see it beside “AI”. Empty: the name of your company."),
    )
    persona = forms.CharField(
        label=gettext_lazy("Who it is"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What a new colleague would be told: what you sell, to whom, how you write."),
    )
    greeting = forms.CharField(
        label=gettext_lazy("Greeting"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=GREETING_HELP,
    )
    guard_rails = forms.CharField(
        label=gettext_lazy("Rules"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One on each line, such as “Never promise a date of delivery.”"),
    )
    forbidden_topics = forms.CharField(
        label=gettext_lazy("Topics for people only"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line. Whoever asks about one of them is given to a person."),
    )

    def clean_forbidden_topics(self) -> list[str]:
        """One topic a line."""
        lines = [one.strip() for one in str(self.cleaned_data["forbidden_topics"]).splitlines()]
        topics = list(dict.fromkeys(filter(None, lines)))
        if len(topics) > MAX_TOPICS:
            raise forms.ValidationError(_("At most %(count)d topics. Put some of them together.") % {"count": MAX_TOPICS})
        if any(len(one) > 120 for one in topics):
            raise forms.ValidationError(_("A topic has at most 120 characters. Put what it is about on a line of its own."))
        return topics


class VoiceForm(_VoiceFields, forms.ModelForm[AiSettings]):
    """Who the assistant is, and what it must and must not say."""

    class Meta:
        model = AiSettings
        fields = ("assistant_name", "tone", "persona", "greeting", "guard_rails", "languages")

    tone = forms.ChoiceField(label=gettext_lazy("Tone"), choices=AiSettings.Tone)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Those in which your customers write. Fewer are told apart more surely."),
    )

    def __init__(self, data: QueryDict | None = None, *, instance: AiSettings) -> None:
        initial = {"forbidden_topics": "\n".join(instance.forbidden_topics), "languages": instance.languages}
        super().__init__(data, instance=instance, initial=initial, prefix="voice")


class HoursForm(forms.Form):
    """When people are there: from and to for each weekday, in the workspace's time zone."""

    def __init__(self, data: QueryDict | None = None, *, hours: dict[str, list[list[str]]]) -> None:
        initial: dict[str, Any] = {}
        for day in range(7):
            spans = hours.get(str(day), [])
            initial |= {f"open_{day}": bool(spans)}
            initial |= dict(zip((f"from_{day}", f"to_{day}"), spans[0] if spans else ("09:00", "18:00"), strict=True))
        super().__init__(data, initial=initial, prefix="hours")
        clock = {"type": "time", "class": "clock"}
        for day in range(7):
            self.fields[f"open_{day}"] = forms.BooleanField(required=False)
            self.fields[f"from_{day}"] = forms.TimeField(required=False, widget=forms.TimeInput(attrs=clock, format="%H:%M"))
            self.fields[f"to_{day}"] = forms.TimeField(required=False, widget=forms.TimeInput(attrs=clock, format="%H:%M"))

    def days(self) -> list[dict[str, Any]]:
        """The rows of the table, Monday first."""
        names = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
        return [
            {"name": name, "open": self[f"open_{day}"], "from": self[f"from_{day}"], "to": self[f"to_{day}"]}
            for day, name in enumerate(names)
        ]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for day in range(7):
            begins, ends = found.get(f"from_{day}"), found.get(f"to_{day}")
            if found.get(f"open_{day}") and not (isinstance(begins, time) and isinstance(ends, time) and begins < ends):
                self.add_error(f"to_{day}", _("Give a time to open and a later one to close."))
        return found

    def hours(self) -> dict[str, list[list[str]]]:
        """As the settings keep them."""
        found = self.cleaned_data
        opens = [day for day in range(7) if found[f"open_{day}"]]
        return {str(day): [[f"{found[f'from_{day}']:%H:%M}", f"{found[f'to_{day}']:%H:%M}"]] for day in opens}


class InboxAiForm(_VoiceFields, forms.ModelForm[InboxAi]):
    """How AI replies in an inbox, and what it says differently there."""

    class Meta:
        model = InboxAi
        fields = ("mode", "stage", "share", "hours", "assistant_name", "tone", "persona", "greeting", "guard_rails")

    share = forms.IntegerField(label=gettext_lazy("Share"), min_value=1, max_value=100, required=False)
    tone = forms.ChoiceField(
        label=gettext_lazy("Tone"),
        choices=[("", gettext_lazy("As everywhere")), *AiSettings.Tone.choices],
        required=False,
    )

    def __init__(self, data: QueryDict | None = None, *, instance: InboxAi, general: AiSettings) -> None:
        super().__init__(data, instance=instance, initial={"forbidden_topics": "\n".join(instance.forbidden_topics)})
        for name in ("mode", "stage", "hours"):
            self.fields[name].required = False
        for name in ("assistant_name", "persona", "greeting"):
            self.fields[name].widget.attrs["placeholder"] = getattr(general, name)
        for name in ("assistant_name", "persona"):
            self.fields[name].help_text = ""  # the placeholder tells
        for name in ("guard_rails", "forbidden_topics"):
            self.fields[name].help_text = _("Beside those on the assistant's page. One on each line.")

    def values(self) -> dict[str, Any]:
        """What was given; parts of the form that are not shown keep what they were."""
        shown = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return {name: value for name, value in shown.items() if value is not None}


class ProviderForm(forms.ModelForm[Provider]):
    """Where the provider is, and the key; a key that is there is kept where none is typed."""

    class Meta:
        model = Provider
        fields = ("name", "base_url", "key", "most_at_once")

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    base_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=300,
        help_text=gettext_lazy("The base URL of its OpenAI-compatible API, such as https://api.openai.com/v1"),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=400,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    most_at_once = forms.IntegerField(
        label=gettext_lazy("Requests at once"), min_value=1, max_value=64, help_text=gettext_lazy("More of them wait.")
    )

    def __init__(self, data: QueryDict | None = None, *, instance: Provider, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, instance=instance, initial=initial)
        stored = gettext_lazy("A key is stored. Type another one to replace it.")
        self.fields["key"].help_text = stored if instance.key else gettext_lazy("Kept encrypted, and never shown again.")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if Provider.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a provider of this name already."))
        return name

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"]).strip().rstrip("/")
        url = url.removesuffix("/chat/completions")
        if not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("Begin the address with https://"))
        try:
            check_lent(url)
        except UnsafeAddressError:
            raise forms.ValidationError(
                _("This address may not be called. For a server of your own, the operator has to allow it.")
            ) from None
        if url.startswith("http://") and not is_allowed_private(url):
            raise forms.ValidationError(_("Use https: keys and texts would be readable on their way."))
        return url


class PriceField(forms.DecimalField):
    """What a million tokens cost; empty where it is not known."""

    def __init__(self, **options: Any) -> None:
        options |= {"min_value": Decimal(0), "max_value": Decimal(100_000), "max_digits": 12, "decimal_places": 6}
        super().__init__(required=False, **options)


class PriceForm(forms.Form):
    """A model and what a million of its tokens cost."""

    model = forms.CharField(label=gettext_lazy("Model"), max_length=200)
    price_in = PriceField(label=gettext_lazy("In"))
    price_out = PriceField(label=gettext_lazy("Out"))

    def clean_model(self) -> str:
        return str(self.cleaned_data["model"]).strip()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if (found.get("price_in") is None) != (found.get("price_out") is None) and not self.errors:
            self.add_error("price_out", _("Give both prices, or none where they are not known. Nothing to pay is 0."))
        return found


class BudgetForm(forms.Form):
    """The most that providers may cost a month."""

    budget = forms.DecimalField(
        label=gettext_lazy("Budget a month"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(10_000_000),
        decimal_places=2,
        help_text=gettext_lazy("Empty: no limit. When it is spent, providers are not asked until the next month."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(one, one) for one in CURRENCIES])


def is_allowed_private(url: str) -> bool:
    """Whether the operator lets calls go to this very host and port, which is on a network of their own."""
    from urllib.parse import urlsplit

    from core.http.resolving import allowed_private

    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 80}" in allowed_private()
