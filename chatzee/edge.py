"""The edge process: one small ASGI program for sockets and webhook intake. Pages are not served here."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatzee.settings")
django.setup()

from chatzee.edge_app import application  # noqa: E402  # apps must be loaded first

__all__ = ["application"]
