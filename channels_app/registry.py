"""The channels there are: every folder of `channels_app.adapters` whose `adapter` module has an `ADAPTER`."""

import importlib.util
import pkgutil
from functools import cache
from types import ModuleType

from django_stubs_ext import StrOrPromise

from channels_app import adapters
from channels_app.common_errors import COMMON_ERRORS
from channels_app.contract import Adapter, Feature, InboxConfig
from conversations.models import Inbox


@cache
def all_adapters() -> dict[str, Adapter]:
    """Every adapter by its slug."""
    found: dict[str, Adapter] = {}
    for module in parts_of_channels("adapter"):
        found[module.ADAPTER.slug] = module.ADAPTER
    return found


def parts_of_channels(name: str) -> list[ModuleType]:
    """The modules of this name in the channels' folders (`urls`, `sockets`), for those that have one."""
    found = []
    for module in pkgutil.iter_modules(adapters.__path__):
        full = f"{adapters.__name__}.{module.name}.{name}"
        if importlib.util.find_spec(full) is not None:
            found.append(importlib.import_module(full))
    return found


def adapter_of(channel: str) -> Adapter:
    """The adapter of a channel. Raises KeyError for a channel that does not exist."""
    return all_adapters()[channel]


def channels_with(feature: Feature) -> list[str]:
    """The slugs of the channels that can do this."""
    return [slug for slug, adapter in all_adapters().items() if feature in adapter.capabilities.features]


def error_words(channel: str, code: str) -> StrOrPromise:
    """What people read for an error code of a channel, in their own language when it is shown; empty for an unknown code."""
    adapter = all_adapters().get(channel)
    return (adapter.errors.get(code) if adapter else None) or COMMON_ERRORS.get(code, "")


def config_of(inbox: Inbox) -> InboxConfig:
    """An inbox as its adapter sees it."""
    return InboxConfig(
        id=inbox.pk,
        workspace_id=inbox.workspace_id,
        key=inbox.key,
        settings=inbox.settings,
        is_enabled=inbox.is_enabled,
    )
