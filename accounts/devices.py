"""Browsers, told in words."""

from django.utils.translation import gettext as _

#: What a browser's own description contains, the more particular first: all of them also call themselves Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def describe(user_agent: str) -> dict[str, str]:
    """A browser as `label` ("Chrome on Linux") and the name of the `icon` of its device."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    icon = "smartphone" if system in {"iPhone", "Android"} else "tablet" if system == "iPad" else "monitor"
    if browser and system:
        return {"label": _("%(browser)s on %(system)s") % {"browser": browser, "system": system}, "icon": icon}
    return {"label": browser or system or _("Unknown browser"), "icon": icon}
