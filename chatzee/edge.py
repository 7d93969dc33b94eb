"""The edge process: one small ASGI program for sockets and webhook intake. Pages are not served here."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatzee.settings")
django.setup()

from chatzee.edge_app import application  # noqa: E402  # apps must be loaded first
from core.checks import refuse_unsafe_start  # noqa: E402  # likewise

refuse_unsafe_start()

__all__ = ["application"]
