"""The process's environment, typed: read once, refused at start with the name of what is wrong.

Every variable is prefixed ``CHATZEE_``. `bin/dev` and `bin/test` write them for one machine; a server sets them
itself (see ``docs/operations.md``).
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Env(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CHATZEE_", extra="ignore", frozen=True)

    mode: Literal["dev", "test", "production"] = "dev"
    secret_key: SecretStr
    allowed_hosts: list[str] = ["127.0.0.1", "localhost"]

    #: Address people open; links in mails start with it.
    public_url: str = "http://127.0.0.1:8000"
    #: Address of the edge (sockets and webhooks). Equal to ``public_url`` behind one proxy.
    edge_url: str = "http://127.0.0.1:8001"
    #: Proxies in front of us whose X-Forwarded-* headers we believe; 0 believes none.
    trusted_proxies: int = 0

    #: libpq-style URLs. ``database_url`` signs in as a role that owns nothing; ``database_owner_url`` migrates, and only
    #: ``manage.py prepare`` needs it.
    database_url: SecretStr
    database_owner_url: SecretStr = SecretStr("")
    keys_database_url: SecretStr

    valkey_url: SecretStr

    #: Where encrypted attachments live: a folder, or ``s3://bucket/prefix``.
    files: str = "var/files"

    root_key_provider: Literal["file", "aws-kms", "gcp-kms", "vault-transit"] = "file"
    #: file: path of the key file; aws-kms: key ARN; gcp-kms: key resource name; vault-transit: key name.
    root_key: str = "var/root.key"
    #: Base URL of the provider where it is not the vendor's own (a private Vault, or a local server in tests).
    root_key_endpoint: str = ""
    root_key_token: SecretStr = SecretStr("")
    #: `provider:key` of the root key being left, until `manage.py vault_rotate root` has moved every workspace.
    root_key_previous: str = ""

    #: smtp://user:password@host:port, smtps://…, or file:///folder for one machine.
    mail_url: SecretStr = SecretStr("file:///tmp/chatzee-mail")
    mail_from: str = "Chatzee <no-reply@localhost>"

    #: Hosts (``host:port``) on private addresses that outgoing calls may reach, such as the local emulators.
    http_allowed_private: list[str] = []

    #: Base URL of Telegram's Bot API, or of the emulator that stands in for it (see ``channels_app/emulators``).
    telegram_api_url: str = "https://api.telegram.org"

    #: The operator's own app at Meta: with it people connect WhatsApp, Messenger and Instagram by signing in. Empty: they
    #: enter tokens of an app of their own. The verify token is what the app's webhook page is given.
    meta_app_id: str = ""
    meta_app_secret: SecretStr = SecretStr("")
    meta_verify_token: SecretStr = SecretStr("")
    #: The configuration of Facebook Login for Business that WhatsApp's embedded sign-up uses.
    meta_signup_config: str = ""
    meta_graph_url: str = "https://graph.facebook.com"
    meta_dialog_url: str = "https://www.facebook.com"
    #: The same for Instagram's own log-in, whose app has another id and secret.
    instagram_app_id: str = ""
    instagram_app_secret: SecretStr = SecretStr("")
    instagram_graph_url: str = "https://graph.instagram.com"
    instagram_api_url: str = "https://api.instagram.com"
    instagram_dialog_url: str = "https://www.instagram.com"

    #: Servers from which an agent's browser may load what a platform does not let us keep: stories, by its own address.
    shown_media_hosts: list[str] = ["https://*.cdninstagram.com", "https://*.fbcdn.net"]

    #: Base URL of Twilio's REST API.
    twilio_api_url: str = "https://api.twilio.com"
    #: Base URL of Twilio's API of messaging services.
    twilio_messaging_url: str = "https://messaging.twilio.com"

    #: What Google and Microsoft call this installation, for connecting mailboxes; empty: such accounts cannot be connected.
    google_oauth_client_id: str = ""
    google_oauth_client_secret: SecretStr = SecretStr("")
    google_oauth_authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_oauth_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
    microsoft_oauth_client_id: str = ""
    microsoft_oauth_client_secret: SecretStr = SecretStr("")
    microsoft_oauth_authorize_url: str = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
    microsoft_oauth_token_url: str = "https://login.microsoftonline.com/common/oauth2/v2.0/token"  # noqa: S105  # likewise

    #: Base URL of a service that speaks Have I Been Pwned's range API, such as https://api.pwnedpasswords.com; empty: not asked.
    #: It is told five characters of a hash, never a password.
    breached_passwords_url: str = ""

    #: Bearer token that lets a scraper on another machine read /metrics; empty: this machine only.
    metrics_token: SecretStr = SecretStr("")

    log_format: Literal["console", "json"] = "json"
    log_level: str = "INFO"
    demo: bool = False
    #: `host:smtp-port:imap-port` of the emulated mail servers, where the demo workspace's mailbox is; empty: it has none.
    demo_mail: str = ""
    #: Origin of the page of phones that frames the sample shop and its chat (see ``channels_app/emulators``); empty: none does.
    playground_url: str = ""
    #: Requests (and threads) that one web process serves at once.
    web_threads: int = Field(default=8, ge=1)

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    def files_path(self) -> Path:
        return Path(self.files)


env = Env()  # type: ignore[call-arg]  # the values come from the environment
