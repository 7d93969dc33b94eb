"""The part of an e-mail inbox's form that says where its mailbox is, through which server it sends, and how it signs in."""

import re
import textwrap
from typing import Any

import dkim
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from channels_app.adapters.email.accounts import GOOGLE, IMAP, MICROSOFT, PASSWORD, POP3
from channels_app.adapters.email.lines import PLAIN, PORTS, STARTTLS, TLS, exempt
from channels_app.form_fields import SecretsForm, secret_field
from core.http.addresses import check_host
from core.http.errors import UnsafeAddressError

MAX_FIRST_DAYS = 90
#: Characters of a private key in PEM form; one of 4096 bits has 3272.
MAX_KEY = 5000
_PEM = re.compile(r"(-----BEGIN [A-Z ]+-----)([A-Za-z0-9+/=\s]+)(-----END [A-Z ]+-----)")
_SECURITY = [(TLS, gettext_lazy("TLS")), (STARTTLS, gettext_lazy("STARTTLS")), (PLAIN, gettext_lazy("None (test servers only)"))]
_SECRETS = ("password", "smtp_password", "dkim_key")


class MailboxForm(SecretsForm):
    """Servers and accounts. Beside `AddressForm`, whose `receive` says whether a mailbox is read at all."""

    login = forms.ChoiceField(
        label=gettext_lazy("Account"),
        choices=[(PASSWORD, gettext_lazy("User name and password")), (GOOGLE, "Google"), (MICROSOFT, "Microsoft")],
        initial=PASSWORD,
        required=False,
        help_text=gettext_lazy("Google and Microsoft take no passwords: save, then connect the account above."),
    )
    user = forms.CharField(label=gettext_lazy("User name"), required=False, max_length=254)
    password = secret_field(
        gettext_lazy("Password"), gettext_lazy("Left empty, the one you gave stays."), max_length=500, strip=False
    )
    protocol = forms.ChoiceField(
        label=gettext_lazy("Read mail by"), choices=[(IMAP, "IMAP"), (POP3, "POP3")], initial=IMAP, required=False
    )
    mailbox_host = forms.CharField(
        label=gettext_lazy("Mailbox server"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("Such as imap.example.com. Empty for Google and Microsoft."),
    )
    mailbox_port = forms.IntegerField(label=gettext_lazy("Its port"), required=False, min_value=1, max_value=65535)
    mailbox_security = forms.ChoiceField(label=gettext_lazy("Its encryption"), choices=_SECURITY, initial=TLS, required=False)
    other_folder = forms.CharField(
        label=gettext_lazy("One more folder to read"), required=False, max_length=120, help_text=gettext_lazy("Such as Spam.")
    )
    first_days = forms.IntegerField(
        label=gettext_lazy("Days of earlier mail"),
        required=False,
        min_value=0,
        max_value=MAX_FIRST_DAYS,
        help_text=gettext_lazy("The first time, mail of so many days is brought in. Empty: only what comes from now on."),
    )
    smtp_host = forms.CharField(
        label=gettext_lazy("Sending server"),
        required=False,
        max_length=253,
        help_text=gettext_lazy("Such as smtp.example.com. Empty for Google and Microsoft."),
    )
    smtp_port = forms.IntegerField(label=gettext_lazy("Its port"), required=False, min_value=1, max_value=65535)
    smtp_security = forms.ChoiceField(label=gettext_lazy("Its encryption"), choices=_SECURITY, initial=TLS, required=False)
    smtp_user = forms.CharField(
        label=gettext_lazy("User name for sending"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Only where it is another one than for the mailbox."),
    )
    smtp_password = secret_field(gettext_lazy("Password for sending"), max_length=500, strip=False)
    plus_addresses = forms.BooleanField(
        label=gettext_lazy("The server knows plus-addresses"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Bounces then find their message for certain: they come to your address with a + in it."),
    )
    dkim_selector = forms.CharField(
        label=gettext_lazy("DKIM selector"),
        required=False,
        max_length=63,
        help_text=gettext_lazy("Only if your server does not sign your mail itself."),
    )
    dkim_key = secret_field(
        gettext_lazy("DKIM private key"),
        gettext_lazy("In PEM form. Left empty, the one you gave stays."),
        max_length=MAX_KEY,
        strip=False,
    )

    def clean_mailbox_host(self) -> Any:
        return _host(self.cleaned_data["mailbox_host"])

    def clean_smtp_host(self) -> Any:
        return _host(self.cleaned_data["smtp_host"])

    def clean_dkim_key(self) -> str:
        """The key that was typed, in lines again: a field of one line takes them away."""
        return _in_lines(str(self.cleaned_data["dkim_key"]))

    def clean(self) -> dict[str, Any]:
        """Keep the secrets that were given before; ask for what the chosen way needs."""
        given = super().clean() or self.cleaned_data
        for name in _SECRETS:
            given[name] = self.kept(name)
        given["login"] = given.get("login") or PASSWORD
        if given["login"] == PASSWORD and given.get("receive") == "mailbox":
            for name in ("user", "mailbox_host", "smtp_host"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed to read the mailbox and to send."))
        for side in ("mailbox", "smtp"):
            self._check_server(given, side)
        if given["dkim_key"] and not _signs(given["dkim_key"]):
            self.add_error("dkim_key", _("This is not a private key in PEM form."))
        return given

    def _check_server(self, given: dict[str, Any], side: str) -> None:
        """A server is reached at a mail port under TLS, or where the operator allows it."""
        host, port, security = (given.get(f"{side}_{name}") for name in ("host", "port", "security"))
        if not host or f"{host}:{port}" in exempt():
            return
        if security == PLAIN:
            self.add_error(f"{side}_security", _("Mail and password would travel in the clear. Choose TLS or STARTTLS."))
        if port and port not in PORTS:
            self.add_error(f"{side}_port", _("Mail servers do not listen on this port."))
        try:
            check_host(host)
        except UnsafeAddressError:
            self.add_error(f"{side}_host", _("This is not a server on the public internet."))


def _host(text: str) -> str:
    host = text.strip().rstrip(".").lower()
    if host and (not host.isascii() or any(sign in host for sign in "/@ :") or "." not in host) and host != "localhost":
        raise ValidationError(_("Write the server's name, such as mail.example.com."))
    return host


def _in_lines(key: str) -> str:
    found = _PEM.fullmatch(key.strip())
    return "\n".join([found[1], *textwrap.wrap("".join(found[2].split()), 64), found[3], ""]) if found else key


def _signs(key: str) -> bool:
    try:
        dkim.sign(b"From: a@example.com\r\n\r\nx\r\n", b"s", b"example.com", key.encode())
    except (dkim.DKIMException, ValueError, TypeError, AttributeError):
        return False
    return True
