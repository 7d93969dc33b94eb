"""The Chatzee project: settings, entry points and the embedded servers for one machine."""

from chatzee.celery import app as celery_app

__all__ = ["celery_app"]
