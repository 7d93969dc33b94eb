"""What a company sets for its Telegram inbox."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from channels_app.adapters.telegram.policy import Groups
from channels_app.form_fields import SecretsForm, secret_field

_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{30,80}")


class ConfigForm(SecretsForm):
    """The settings of a Telegram inbox. A kept token is never shown again: left empty, it stays."""

    token = secret_field(
        gettext_lazy("Bot token"),
        gettext_lazy(
            "@BotFather gives it when you make a bot. It looks like 123456789:AAE… Left empty, the token you gave stays."
        ),
        max_length=120,
    )
    groups = forms.ChoiceField(
        label=gettext_lazy("Messages in groups"),
        choices=Groups.choices,
        initial=Groups.MENTIONS,
        help_text=gettext_lazy(
            "A group is one conversation, whoever of it writes. For every message, also switch off the bot's group privacy."
        ),
    )

    def clean_token(self) -> str:
        """The token that was typed, else the one that is kept."""
        token = self.kept("token", _("Paste the token that @BotFather gave you."))
        if not _TOKEN.fullmatch(token):
            raise ValidationError(_("This is not a bot's token. It looks like 123456789:AAE…: copy it whole from @BotFather."))
        return token
