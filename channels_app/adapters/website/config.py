"""What a company sets for its website chat."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext as _, gettext_lazy, gettext_noop, override
from django_stubs_ext import StrOrPromise

from channels_app.contract import Feature
from channels_app.form_fields import LinesField
from chatzee.env import env
from conversations.models import Inbox

DEFAULT_COLOR = "#0f766e"
_check_address = URLValidator(schemes=["http", "https"])
GREETING = gettext_noop("Hello! How can we help?")
REPLY_TIME = gettext_noop("We usually answer within a few minutes")


def in_words_of_visitor(text: str) -> str:
    """The usual words in the active language, where the company has left them as they came; else its own."""
    return next((_(usual) for usual in (GREETING, REPLY_TIME) if text in _translations(usual)), text)


@cache
def _translations(words: str) -> frozenset[str]:
    found = set()
    for language, _name in django_settings.LANGUAGES:
        with override(language):
            found.add(_(words))
    return frozenset(found)


def origin_of(text: str) -> str:
    """A web origin (`https://shop.example`) from what somebody typed. Raises ValidationError."""
    typed = text.strip().rstrip("/")
    try:
        parts = urlsplit(typed if "//" in typed else f"https://{typed}")
        port = f":{parts.port}" if parts.port else ""
        origin = f"{parts.scheme}://{(parts.hostname or '').encode('idna').decode().lower()}{port}"
        _check_address(origin)
        is_address = not (parts.path or parts.query or parts.fragment or parts.username)
    except (ValueError, UnicodeError, ValidationError):
        is_address = False
    if not is_address:
        raise ValidationError(
            _("“%(text)s” is not a website's address. Write it like https://www.example.com."), params={"text": text}
        )
    return origin


class OriginsField(LinesField):
    """One website per line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def line(self, text: str) -> str:
        return origin_of(text)


class ConfigForm(forms.Form):
    """The settings of a website inbox."""

    allowed_origins = OriginsField(
        label=gettext_lazy("Websites"),
        help_text=gettext_lazy("The chat opens only on these websites, one per line, such as https://www.example.com."),
    )
    color = forms.CharField(
        label=gettext_lazy("Colour"),
        initial=DEFAULT_COLOR,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", gettext_lazy("Choose a colour."))],
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    position = forms.ChoiceField(
        label=gettext_lazy("Position"),
        choices=[("right", gettext_lazy("Right")), ("left", gettext_lazy("Left"))],
        initial="right",
    )
    greeting = forms.CharField(
        label=gettext_lazy("Greeting"),
        required=False,
        max_length=300,
        initial=gettext_lazy(GREETING),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What visitors read before they write."),
    )
    reply_time = forms.CharField(
        label=gettext_lazy("Reply time"),
        required=False,
        max_length=80,
        initial=gettext_lazy(REPLY_TIME),
    )
    asks_name = forms.BooleanField(label=gettext_lazy("Ask for a name with the first message"), required=False)
    asks_email = forms.BooleanField(label=gettext_lazy("Ask for an e-mail address with the first message"), required=False)
    continues_in = forms.ChoiceField(
        label=gettext_lazy("Go on by e-mail"),
        required=False,
        help_text=gettext_lazy("Replies that a visitor who has left does not read are sent on through this inbox."),
    )
    consent_text = forms.CharField(
        label=gettext_lazy("Consent line"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Visitors agree to this before their first message. Leave it empty to ask for nothing."),
    )
    consent_url = forms.URLField(label=gettext_lazy("Privacy policy"), required=False, assume_scheme="https")
    requires_identity = forms.BooleanField(
        label=gettext_lazy("Only signed-in customers may write"),
        required=False,
        help_text=gettext_lazy("Messages without a valid identity token are refused."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["continues_in"].choices = _mail_inboxes  # type: ignore[attr-defined]  # a choice field has them


def _mail_inboxes() -> list[tuple[str, StrOrPromise]]:
    """The inboxes through which a conversation can go on: those of channels with subjects. They are read for each form."""
    from channels_app.registry import channels_with  # the registry imports every channel

    found = Inbox.objects.filter(channel__in=channels_with(Feature.SUBJECT), is_enabled=True)
    return [("", gettext_lazy("Do not send them on")), *((str(one.pk), one.name) for one in found)]


def is_allowed(settings: Mapping[str, Any], origin: str) -> bool:
    """Whether a page of this origin may carry the chat: the company's websites, and our own sample shop."""
    return bool(origin) and (origin in settings.get("allowed_origins", ()) or origin == env.public_url.rstrip("/"))
