"""Who is told of what: an app's own webhook, and `subscribed_apps` of the nodes that have events."""

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.calls import Call, Edge
from channels_app.emulators.graph.hooks import Hooks
from channels_app.emulators.graph.kernel import Kernel
from channels_app.emulators.graph.state import Fields, Subscription, Webhook


class Subscribing:
    """The edges about webhooks. Every address is asked before it is taken."""

    def __init__(self, kernel: Kernel, hooks: Hooks) -> None:
        self._kernel = kernel
        self._hooks = hooks
        kernel.edges.add("app", "POST", "subscriptions", self._set_app)
        kernel.edges.add("app", "GET", "subscriptions", self._show_app)

    def add_to(self, kind: str, *, needs_fields: bool) -> None:
        """Let nodes of a kind be subscribed to. `needs_fields`: the call names the fields, as for pages."""
        self._kernel.edges.add(kind, "POST", "subscribed_apps", self._subscribing(needs_fields=needs_fields))
        self._kernel.edges.add(kind, "GET", "subscribed_apps", self._show)
        self._kernel.edges.add(kind, "DELETE", "subscribed_apps", self._unsubscribe)

    async def checked(self, url: str, verify_token: str, fields: frozenset[str] = frozenset()) -> Webhook:
        """A webhook whose address answered. Raises GraphError."""
        webhook = Webhook(url, verify_token, fields)
        if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise bad_parameter("Param override_callback_uri must be a secure URL.")
        if wrong := await self._hooks.ask(webhook):
            raise GraphError(2200, f"(#2200) Callback verification failed with the following errors: {wrong}")
        return webhook

    async def _set_app(self, call: Call) -> Fields:
        if call.token.kind != "APP":
            raise GraphError(15, "(#15) This method must be called with an app access_token.", status=400)
        fields = frozenset(one for one in call.text("fields").split(",") if one)
        webhook = await self.checked(call.needed("callback_url"), call.text("verify_token"), fields)
        call.app.webhooks[call.needed("object")] = webhook
        return {"success": True}

    def _show_app(self, call: Call) -> Fields:
        return {
            "data": [
                {
                    "object": name,
                    "callback_url": one.url,
                    "active": True,
                    "fields": sorted(one.fields),
                }
                for name, one in call.app.webhooks.items()
            ]
        }

    def _subscribing(self, *, needs_fields: bool) -> Edge:
        async def subscribe(call: Call) -> Fields:
            given = call.fields.get("subscribed_fields") or ""
            fields = frozenset(given if isinstance(given, list) else [one for one in str(given).split(",") if one])
            if needs_fields and not fields:
                raise bad_parameter("Param subscribed_fields must be a non-empty array")
            url, webhook = call.text("override_callback_uri"), None
            if url:
                webhook = await self.checked(url, call.text("verify_token"))
            known = call.platform.subscriptions.setdefault(call.node.id, {})
            known[call.app.id] = Subscription(call.app.id, fields, webhook)
            return {"success": True}

        return subscribe

    def _show(self, call: Call) -> Fields:
        known = call.platform.subscriptions.get(call.node.id, {}).values()
        return {"data": [_shown(call, one) for one in known]}

    def _unsubscribe(self, call: Call) -> Fields:
        call.platform.subscriptions.get(call.node.id, {}).pop(call.app.id, None)
        return {"success": True}


def _shown(call: Call, subscription: Subscription) -> Fields:
    app = call.platform.apps[subscription.app_id]
    facts = {"id": app.id, "name": app.name, "link": "https://www.facebook.com/games/?app_id=" + app.id}
    if call.node.kind != "waba":
        return {**facts, "subscribed_fields": sorted(subscription.fields)}
    override = {"override_callback_uri": subscription.webhook.url} if subscription.webhook else {}
    return {"whatsapp_business_api_data": facts, **override}
