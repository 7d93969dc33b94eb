"""What a company sets for an inbox that stands on an access token and an app's secret."""

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from channels_app.form_fields import SecretsForm, secret_field
from chatzee.env import env


def app_secret_field() -> forms.CharField:
    """The secret of the app that signs an inbox's webhooks."""
    return secret_field(
        gettext_lazy("App secret"),
        gettext_lazy("In your app: App settings, Basic. It proves that messages come from Meta."),
        max_length=64,
    )


class AppSecretForm(SecretsForm):
    """A form with an app's secret, its `app_secret`: an inbox of this server's own app has none."""

    def clean_app_secret(self) -> str:
        """The secret that was typed, else the one that is kept."""
        is_operators = self._has_operators_app() and bool(self.initial.get("token")) and not self.initial.get("app_secret")
        return self.kept("app_secret", "" if is_operators else _("Paste the app's secret: without it nothing can be received."))

    def _has_operators_app(self) -> bool:
        return bool(env.meta_app_id)


class AccessForm(AppSecretForm):
    """An access token and its app's secret. What is left empty stays as it is."""

    token = secret_field(
        gettext_lazy("Access token"),
        gettext_lazy(
            "In your app: the page access token of a system user or of a page's administrator that does not expire. "
            "On Instagram's own log-in: the account's token."
        ),
        max_length=1000,
    )
    app_secret = app_secret_field()

    def clean_token(self) -> str:
        """The token that was typed, else the one that is kept."""
        return self.kept("token", _("Paste the access token."))
