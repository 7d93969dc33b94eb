"""Telegram as a part of the emulator: its API, its webhooks, and what the control API may do with it."""

import re
from random import Random
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.deliveries import Deliveries
from channels_app.emulators.faults import Faults, faults_from
from channels_app.emulators.telegram.api import BotApi
from channels_app.emulators.telegram.customers import Customers
from channels_app.emulators.telegram.desk import Desk
from channels_app.emulators.telegram.files import Files
from channels_app.emulators.telegram.hooks import Hooks
from channels_app.emulators.telegram.shown import chat_as_seen
from channels_app.emulators.telegram.state import Bot, Chat, Fields, Platform, Webhook
from channels_app.emulators.telegram.updates import Updates
from channels_app.emulators.telegram.world import World
from channels_app.emulators.web import BadRequestError, Request, Response

_TOKEN = re.compile(r"(?P<id>[0-9]{3,20}):[A-Za-z0-9_-]{30,80}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


class Telegram:
    """The provider `telegram` of the emulator."""

    name = "telegram"

    def __init__(self, clock: Clock, deliveries: Deliveries, *, seed: int, first: int) -> None:
        self._seed, self._first = seed, first
        self.platform = Platform(seed=seed, first=first)
        files, updates = Files(), Updates(self.platform, clock)
        self.world = World(self.platform, clock, files, updates, webhook_changed=lambda bot: None)
        self.api = BotApi(self.world)
        self.hooks = Hooks(clock, deliveries, self.api, Random(seed))  # noqa: S311  # the same seed plays the same
        self.customers = Customers(self.world)
        self.desk = Desk(self.world)
        updates.deliver = self.hooks.deliver
        self.world.webhook_changed = self.hooks.webhook_changed

    async def handle(self, request: Request) -> Response | None:
        """The answer to whatever is Telegram's; None for another address."""
        return await self.api.handle(request) or self.desk.handle(request)

    async def close(self) -> None:
        await self.hooks.close()

    @property
    def is_busy(self) -> bool:
        return self.hooks.is_busy

    def next_at(self) -> float | None:
        return self.hooks.next_at()

    def run_due(self) -> None:
        self.hooks.run_due()

    def reset(self) -> None:
        """Forget everything."""
        self.hooks.clear()
        self.api.forget_limits()
        self.world.files.clear()
        fresh = Platform(seed=self._seed, first=self._first)
        for name, value in vars(fresh).items():
            setattr(self.platform, name, value)

    def inbound(self, wanted: Fields) -> Fields:
        """What a customer does."""
        return self.customers.act(wanted)

    def outbox(self, *, to: str = "", connection: str = "") -> list[Fields]:
        """What bots did, oldest first; of one chat, of one bot."""
        return [
            one
            for one in self.platform.outbox
            if to in ("", str(one["params"].get("chat_id"))) and connection in ("", str(one["bot"]))
        ]

    def set_faults(self, wanted: Fields, connection: str) -> None:
        """Give a bot (by token, id or name) its faults; an empty profile ends them. Raises BadRequestError."""
        self.api.forget_limits()
        try:
            self._bot(connection).faults = faults_from(wanted) if wanted else Faults()
        except ValueError as error:
            raise BadRequestError(str(error)) from error

    def read(self, what: str, query: dict[str, str]) -> Any:
        """What a page shows: the bots, their customers, a chat, a file. Raises BadRequestError."""
        if what == "bots":
            return [
                {"bot": str(one.id), "name": one.first_name, "username": one.username, "is_connected": bool(one.webhook.url)}
                for one in self.platform.bots.values()
            ]
        if what == "file":
            found = self.desk.file(query.get("id", ""))
            if found is None:
                raise BadRequestError("There is no such file.")
            return found
        bot = self._bot(query.get("bot", ""))
        if what == "customers":
            return [
                {"id": str(one.id), "name": one.person.first_name, "phone": ""}
                for (bot_id, _connection, _id), one in self.platform.chats.items()
                if bot_id == bot.id and one.person is not None
            ]
        if what == "chat":
            return chat_as_seen(self.world, bot, self._chat(bot, query.get("customer", "")))
        raise BadRequestError("There is nothing at this address.")

    def change(self, what: str, wanted: Fields) -> Any:
        """What the platform's own people and @BotFather do: make a bot, revoke its token. Raises BadRequestError."""
        if what == "bots":
            return self._add_bot(wanted)
        if what == "revocations":
            bot = self._bot(str(wanted.get("bot") or ""))
            bot.is_revoked = wanted.get("is_revoked", True) is True
            return {"is_revoked": bot.is_revoked}
        raise BadRequestError(f"There is nothing called {what}.")

    def kept(self) -> list[Fields]:
        """What outlives a restart: the bots and their webhooks."""
        names = ("url", "secret", "max_connections", "allowed")
        return [
            {"token": bot.token, "username": bot.username, "first_name": bot.first_name,
             "webhook": {name: getattr(bot.webhook, name) for name in names}}
            for bot in self.platform.bots.values()
        ]  # fmt: skip

    def restore(self, kept: list[Fields]) -> None:
        """Take up what was kept."""
        for one in kept:
            bot = self.platform.bots[self._add_bot(one)["token"]]
            webhook = one["webhook"]
            bot.webhook = Webhook(webhook["url"], webhook["secret"], webhook["max_connections"], tuple(webhook["allowed"]))
            self.hooks.webhook_changed(bot)

    def _chat(self, bot: Bot, name: str) -> Chat:
        found = self.platform.chat(bot, int(name)) if name.isdecimal() else None
        if found is None:
            raise BadRequestError("There is no such chat.")
        return found

    def _bot(self, name: str) -> Bot:
        try:
            return self.platform.bot_named(name)
        except KeyError:
            raise BadRequestError("There is no such bot.") from None

    def _add_bot(self, wanted: Fields) -> Fields:
        """A new bot, under the given token or a random one; a known token gives the known bot."""
        random = self.platform.random
        token = str(wanted.get("token") or "")
        if not token:
            number = self.platform.number("bot") + 7_000_000_000
            token = f"{number}:{''.join(random.choice(_LETTERS) for _letter in range(35))}"
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise BadRequestError("This is not a token.")
        bot = self.platform.bots.get(token)
        if bot is None:
            username = str(wanted.get("username") or f"bot{found['id']}_bot")
            name = str(wanted.get("first_name") or "Shop")
            bot = Bot(int(found["id"]), token, username, name, sees_groups=wanted.get("sees_groups") is True)
            self.platform.bots[token] = bot
        return {"token": bot.token, **bot.user}
