"""What a company sets for its Telegram inbox."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from channels_app.adapters.telegram.policy import Groups

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{30,80}")


class ConfigForm(forms.Form):
    """The settings of a Telegram inbox. A kept token is never shown again: left empty, it stays."""

    token = forms.CharField(
        label=gettext_lazy("Bot token"),
        required=False,
        max_length=120,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "@BotFather gives it when you make a bot. It looks like 123456789:AAE… Left empty, the token you gave stays."
        ),
    )
    groups = forms.ChoiceField(
        label=gettext_lazy("Messages in groups"),
        choices=Groups.choices,
        initial=Groups.MENTIONS,
        help_text=gettext_lazy(
            "A group is one conversation, whoever of it writes. For every message, also switch off the bot's group privacy."
        ),
    )

    def clean_token(self) -> Any:
        """The token that was typed, else the one that is kept."""
        token = str(self.cleaned_data.get("token") or "").strip() or str(self.initial.get("token") or "")
        if not token:
            raise ValidationError(_("Paste the token that @BotFather gave you."))
        if not _TOKEN.fullmatch(token):
            raise ValidationError(_("This is not a bot's token. It looks like 123456789:AAE…: copy it whole from @BotFather."))
        return token
