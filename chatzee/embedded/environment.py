"""The `CHATZEE_*` variables (see `chatzee/env.py`) of a run on one machine."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from chatzee.embedded import roles
from chatzee.embedded.folders import Folders
from chatzee.embedded.ports import HOST
from chatzee.embedded.postgres import Cluster
from chatzee.embedded.valkey import Valkey

#: Roles that sign in, each with a password of its own.
SIGNING_IN = (roles.OWNER, roles.APP, roles.KEYS)


def passwords(folders: Folders) -> dict[str, str]:
    """The random password of each role that signs in; made once, kept in files only we may read."""
    return {role: folders.secret(f"{role}-password") for role in SIGNING_IN}


def database_variables(folders: Folders, cluster: Cluster, *, data: str, keys: str) -> dict[str, str]:
    """The three database URLs."""
    known = passwords(folders)
    return {
        "CHATZEE_DATABASE_URL": cluster.url(data, user=roles.APP, password=known[roles.APP]),
        "CHATZEE_DATABASE_OWNER_URL": cluster.url(data, user=roles.OWNER, password=known[roles.OWNER]),
        "CHATZEE_KEYS_DATABASE_URL": cluster.url(keys, user=roles.KEYS, password=known[roles.KEYS]),
    }


def variables(folders: Folders, valkey: Valkey, *, mode: Literal["dev", "test"], web_port: int, edge_port: int) -> dict[str, str]:
    """Everything but the databases: secrets made once, addresses, folders for files and mails."""
    for name in ("files", "mail"):
        (folders.home / name).mkdir(mode=0o700, exist_ok=True)
    return {
        "CHATZEE_MODE": mode,
        "CHATZEE_DEMO": "true" if mode == "dev" else "false",
        "CHATZEE_SECRET_KEY": folders.secret("secret-key", size=48),
        # A name, not a number: passkeys belong to a domain, and browsers take http://localhost for secure.
        "CHATZEE_PUBLIC_URL": f"http://localhost:{web_port}",
        "CHATZEE_EDGE_URL": f"http://localhost:{edge_port}",
        "CHATZEE_VALKEY_URL": valkey.url,
        "CHATZEE_FILES": str(folders.home / "files"),
        "CHATZEE_ROOT_KEY": str(folders.home / "root.key"),
        "CHATZEE_MAIL_URL": (folders.home / "mail").as_uri(),
        "CHATZEE_LOG_FORMAT": "console",
        "DJANGO_SETTINGS_MODULE": "chatzee.settings",
        "PYTHONUNBUFFERED": "1",
    }


def emulated(port: int, *, smtp_port: int, pop_port: int, imap_port: int) -> dict[str, str]:
    """Where the platforms' stand-ins are, and that outgoing calls may go there."""
    # Files of SMS lie on another host than the API, as they do at Twilio: this machine's other name.
    allowed = [*(f"{HOST}:{number}" for number in (port, smtp_port, pop_port, imap_port)), f"localhost:{port}"]
    # Where Ollama, llama.cpp's server and LM Studio listen on a developer's machine.
    allowed += [f"{name}:{number}" for name in (HOST, "localhost") for number in (11434, 8080, 1234)]
    return {
        "CHATZEE_PLAYGROUND_URL": f"http://localhost:{port}",
        "CHATZEE_TELEGRAM_API_URL": f"http://{HOST}:{port}",
        "CHATZEE_GOOGLE_OAUTH_CLIENT_ID": "emulated",
        "CHATZEE_GOOGLE_OAUTH_AUTHORIZE_URL": f"http://{HOST}:{port}/mail/oauth/authorize",
        "CHATZEE_GOOGLE_OAUTH_TOKEN_URL": f"http://{HOST}:{port}/mail/oauth/token",
        "CHATZEE_META_APP_ID": "900000000000100",
        "CHATZEE_META_APP_SECRET": "the-secret-of-the-operators-app-emulated",
        "CHATZEE_META_VERIFY_TOKEN": "emulated",
        "CHATZEE_META_SIGNUP_CONFIG": "emulated",
        "CHATZEE_META_GRAPH_URL": f"http://{HOST}:{port}/graph",
        "CHATZEE_INSTAGRAM_APP_ID": "910000000000100",
        "CHATZEE_INSTAGRAM_APP_SECRET": "the-secret-of-the-operators-instagram-app-emulated",
        "CHATZEE_INSTAGRAM_GRAPH_URL": f"http://{HOST}:{port}/instagram-graph",
        "CHATZEE_INSTAGRAM_API_URL": f"http://{HOST}:{port}/instagram-api",
        "CHATZEE_INSTAGRAM_DIALOG_URL": f"http://{HOST}:{port}/instagram-dialog",
        "CHATZEE_TWILIO_API_URL": f"http://{HOST}:{port}",
        "CHATZEE_TWILIO_MESSAGING_URL": f"http://{HOST}:{port}",
        "CHATZEE_META_DIALOG_URL": f"http://{HOST}:{port}/facebook",
        "CHATZEE_DEMO_MAIL": f"{HOST}:{smtp_port}:{imap_port}",
        "CHATZEE_SHOWN_MEDIA_HOSTS": json.dumps([f"http://{HOST}:{port}", f"http://localhost:{port}"]),
        "CHATZEE_HTTP_ALLOWED_PRIVATE": json.dumps(allowed),
    }


def of_dev(folders: Folders, cluster: Cluster, valkey: Valkey, ports: Mapping[str, int]) -> dict[str, str]:
    """The environment of `bin/dev` with its servers on these ports, by their names.

    What the developer exports wins, so that one setting can be tried without editing a file.
    """
    mail = {f"{name}_port": ports[name] for name in ("smtp", "pop", "imap")}
    given = {name: value for name, value in os.environ.items() if name.startswith("CHATZEE_")}
    return {
        **os.environ,
        **variables(folders, valkey, mode="dev", web_port=ports["web"], edge_port=ports["edge"]),
        **emulated(ports["emulators"], **mail),
        **database_variables(folders, cluster, data="chatzee", keys="chatzee_keys"),
        **given,
    }


def mail_folder(folders: Folders) -> Path:
    """Where mails land on one machine, one `.eml` file each."""
    return folders.home / "mail"
