"""The Graph API as a part of the emulator: one stack of apps, people and tokens, into which products put their nodes."""

from collections.abc import Callable
from random import Random
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.deliveries import Deliveries
from channels_app.emulators.faults import Faults, faults_from
from channels_app.emulators.graph.hooks import Hooks
from channels_app.emulators.graph.kernel import Kernel
from channels_app.emulators.graph.oauth import OAuth
from channels_app.emulators.graph.signing import signed_request
from channels_app.emulators.graph.state import App, Fields, Node, Platform, Subscription, Webhook
from channels_app.emulators.graph.subscribing import Subscribing
from channels_app.emulators.web import BadRequestError, Request, Response


class Graph:
    """The provider `graph` of the emulator. `prefix` is where the API is, `dialog` where people sign in."""

    def __init__(
        self,
        clock: Clock,
        deliveries: Deliveries,
        *,
        seed: int,
        first: int,
        name: str = "graph",
        prefix: str = "/graph",
        dialog: str = "/facebook",
    ) -> None:
        self._seed, self._first = seed, first
        self.clock = clock
        self.platform = Platform(seed=seed, first=first)
        self.kernel = Kernel(self.platform, clock, prefix)
        self.hooks = Hooks(clock, deliveries, self.platform, Random(seed), name)  # noqa: S311  # the same seed plays the same
        self.oauth = OAuth(self.kernel, dialog)
        self.subscribing = Subscribing(self.kernel, self.hooks)
        #: What a product does when everything is forgotten.
        self.on_reset: list[Callable[[], None]] = []

    async def handle(self, request: Request) -> Response | None:
        """The answer to whatever is Graph's; None for another address."""
        return await self.kernel.handle(request) or self.oauth.handle(request)

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
        fresh = Platform(seed=self._seed, first=self._first)
        for name, value in vars(fresh).items():
            setattr(self.platform, name, value)
        for forget in self.on_reset:
            forget()

    def kept(self) -> list[Fields]:
        """What outlives a restart: where apps want to be told, and who hears of which node."""
        apps = [
            {"app": app.id, "object": name, "webhook": _kept_webhook(webhook)}
            for app in self.platform.apps.values()
            for name, webhook in app.webhooks.items()
        ]
        return apps + [
            {"node": node, "app": one.app_id, "fields": sorted(one.fields), "webhook": _kept_webhook(one.webhook)}
            for node, some in self.platform.subscriptions.items()
            for one in some.values()
        ]

    def restore(self, kept: list[Fields]) -> None:
        """Take up what was kept of nodes and apps that are here. An address that an app was begun with comes first."""
        for one in kept:
            app, given = self.platform.apps.get(one["app"]), one["webhook"]
            webhook = Webhook(given["url"], given["verify_token"], frozenset(given["fields"])) if given else None
            if app is not None and "object" in one and webhook is not None:
                app.webhooks.setdefault(one["object"], webhook)
            elif app is not None and one.get("node") in self.platform.nodes:
                known = self.platform.subscriptions.setdefault(one["node"], {})
                known[one["app"]] = Subscription(one["app"], frozenset(one["fields"]), webhook)

    def inbound(self, wanted: Fields) -> Fields:
        """Customers write to WhatsApp, Messenger or Instagram, not to this."""
        raise BadRequestError("Write to whatsapp, messenger or instagram.")

    def outbox(self, *, to: str = "", connection: str = "") -> list[Fields]:
        """What was told to apps about their people, with the answers."""
        return [one for one in self.platform.outbox if connection in ("", one["app"]) and to in ("", one["user"])]

    def set_faults(self, wanted: Fields, connection: str) -> None:
        """Give an account (a phone number's id, a page's) its faults; an empty profile ends them. Raises BadRequestError."""
        try:
            self.platform.faults[connection] = faults_from(wanted) if wanted else Faults()
        except ValueError as error:
            raise BadRequestError(str(error)) from error

    def change(self, what: str, wanted: Fields) -> Any:
        """What the platform's own people do, and people at the platform: apps, tokens, leaving. Raises BadRequestError."""
        match what:
            case "apps":
                return self.add_app(wanted)
            case "tokens":
                return self.add_token(wanted)
            case "revocations":
                return self._revoke(wanted)
            case "deauthorisations" | "deletions":
                return self._leave(what, wanted)
        raise BadRequestError(f"There is nothing called {what}.")

    def add_app(self, wanted: Fields) -> Fields:
        """A new app, or a known one changed. Its webhook, where given, is taken without a question."""
        app_id = str(wanted.get("id") or self.platform.number("app") + 900_000_000_000)
        app = self.platform.apps.get(app_id)
        if app is None:
            app = self.platform.apps[app_id] = App(app_id, str(wanted.get("secret") or self.platform.letters(32)))
            self.platform.add_node(Node(app_id, "app"))
        for name in ("secret", "name", "deauthorize_url", "deletion_url"):
            if wanted.get(name):
                setattr(app, name, str(wanted[name]))
        app.requires_proof = wanted.get("requires_proof", app.requires_proof) is True
        for one in wanted.get("webhooks") or []:
            fields = frozenset(str(each) for each in one.get("fields") or [])
            app.webhooks[str(one["object"])] = Webhook(str(one["url"]), str(one.get("verify_token") or ""), fields)
        return {"id": app.id, "secret": app.secret, "name": app.name}

    def add_token(self, wanted: Fields) -> Fields:
        """A token of an app: `nodes` it is granted for, `value` where it shall be a certain one, seconds it `lives`."""
        app = self._app(str(wanted.get("app") or ""))
        lives = float(wanted.get("lives") or 0)
        token = self.platform.add_token(
            app,
            str(wanted.get("user") or "10001"),
            now=self.clock.now(),
            value=wanted.get("value"),
            kind=str(wanted.get("kind") or "SYSTEM_USER"),
            nodes=frozenset(str(one) for one in wanted.get("nodes") or []),
            scopes=tuple(str(one) for one in wanted.get("scopes") or []),
            expires_at=self.clock.now() + lives if lives else 0.0,
            me=str(wanted.get("me") or ""),
        )
        return {"token": token.value, "app": app.id, "user": token.user_id}

    def _app(self, app_id: str) -> App:
        known = self.platform.apps
        if not app_id and len(known) == 1:
            return next(iter(known.values()))
        if app_id not in known:
            raise BadRequestError("There is no such app.")
        return known[app_id]

    def _revoke(self, wanted: Fields) -> Fields:
        """Make tokens void (`token`, or all of an `account`'s), with the subcode that they meet, or good again."""
        void = int(wanted.get("subcode") or 460) if wanted.get("is_revoked", True) is True else 0
        value, account = str(wanted.get("token") or ""), str(wanted.get("account") or "")
        node = self.platform.nodes.get(account)
        found = [
            one
            for one in self.platform.tokens.values()
            if value in ("", one.value) and (node is None or self.platform.may_touch(one, node))
        ]
        if not found or (account and node is None):
            raise BadRequestError("There is no such token.")
        for token in found:
            token.void = void
        return {"is_revoked": bool(void), "tokens": len(found)}

    def _leave(self, what: str, wanted: Fields) -> Fields:
        """Somebody takes the app out of their account, or asks it to forget them: the app is told by a signed request."""
        app, user = self._app(str(wanted.get("app") or "")), str(wanted.get("user") or "10001")
        url = app.deletion_url if what == "deletions" else app.deauthorize_url
        url = str(wanted.get("url") or url)
        if not url:
            raise BadRequestError("The app has no address for this.")
        for token in self.platform.tokens.values():
            if token.app_id == app.id and token.user_id == user:
                token.void = 458
        secret = "wrong" if wanted.get("wrong_secret") is True else app.secret
        signed = signed_request(secret, {"user_id": user, "issued_at": int(self.clock.now())})
        note: Fields = {"app": app.id, "user": user, "kind": what, "at": self.clock.now(), "signed_request": signed}
        self.platform.outbox.append(note)
        self.hooks.tell(url, {"signed_request": signed}, note)
        return {"signed_request": signed}


def _kept_webhook(webhook: Webhook | None) -> Fields | None:
    if webhook is None:
        return None
    return {"url": webhook.url, "verify_token": webhook.verify_token, "fields": sorted(webhook.fields)}
