"""Somebody's HTML as a page may show it: whichever channel it came by, this is the one way."""

from channels_app.adapters.email.cleaning import Shown, shown

__all__ = ["Shown", "shown"]
