"""The edges of numbers and business accounts: what they are, registering, their webhooks."""

from typing import Any

from channels_app.emulators.graph.answers import GraphError, bad_parameter
from channels_app.emulators.graph.calls import Call, paged
from channels_app.emulators.graph.state import Node
from channels_app.emulators.web import BadRequestError
from channels_app.emulators.whatsapp.state import THROUGHPUT, THROUGHPUT_SHARED, Account, Fields, Number
from channels_app.emulators.whatsapp.world import World

SCOPES = ["whatsapp_business_messaging", "whatsapp_business_management"]
#: What may be asked for and is not told here, as the platform leaves out what has no value.
_UNTOLD = frozenset(
    {"account_mode", "certificate", "conversational_automation", "country_code", "country_dial_code", "health_status",
     "eligibility_for_api_business_global_search", "is_official_business_account", "is_pin_enabled", "is_preverified_number",
     "last_onboarded_time", "new_certificate", "new_display_name", "new_name_status", "quality_score", "search_visibility",
     "username", "webhook_configuration"}
)  # fmt: skip


class Numbers:
    """The numbers of every business account."""

    def __init__(self, world: World) -> None:
        self._world = world
        edges = world.graph.kernel.edges
        edges.add("number", "GET", "", self._show)
        edges.add("number", "POST", "", self._set)
        edges.add("number", "POST", "register", self._register)
        edges.add("number", "POST", "deregister", self._deregister)
        edges.add("waba", "GET", "", self._show_account)
        edges.add("waba", "GET", "phone_numbers", self._list)
        world.graph.subscribing.add_to("waba", needs_fields=False)

    def named(self, name: str) -> Number:
        """A number by its id or telephone number, or the only one there is. Raises BadRequestError."""
        known = self._world.business.numbers
        if not name and len(known) == 1:
            return next(iter(known.values()))
        for number in known.values():
            if name.lstrip("+") in (number.id, number.phone):
                return number
        raise BadRequestError("There is no such number.")

    def add(self, wanted: Fields) -> Fields:
        """A new number (or a known one changed), with an account, an app and a token where none are named."""
        platform, business = self._world.graph.platform, self._world.business
        phone = str(wanted.get("phone") or f"3519{platform.number('phone') % 10**8:08d}").lstrip("+")
        number_id = str(wanted.get("id") or 10**14 + platform.number("number"))
        account = self._account(
            str(wanted.get("waba") or 2 * 10**14 + platform.number("waba")), str(wanted.get("account_name") or "Shop")
        )
        app_id = str(wanted.get("app") or "")
        if app_id not in platform.apps:
            app_id = self._world.graph.add_app({"id": app_id, "secret": wanted.get("app_secret")})["id"]
        number = business.numbers.get(number_id)
        if number is None:
            number = Number(number_id, phone, str(wanted.get("name") or "Terra & Glaze"), account)
            business.numbers[number_id] = number
            platform.add_node(Node(number_id, "number", number, parent=account.id, account=number_id))
        _change(number, wanted)
        token = {"app": app_id, "value": wanted.get("token"), "nodes": [account.id], "scopes": wanted.get("scopes", SCOPES)}
        made = self._world.graph.add_token({**token, "user": wanted.get("user"), "lives": wanted.get("lives")})
        app = platform.apps[app_id]
        return {"number": number.id, "waba": account.id, "phone": number.phone, "name": number.name,
                "token": made["token"], "app": app.id, "app_secret": app.secret}  # fmt: skip

    def listed(self) -> list[Fields]:
        """The numbers for a page that shows phones."""
        return [
            {"number": one.id, "phone": one.phone, "name": one.name, "waba": one.account.id, "quality": one.quality,
             "is_connected": bool(self._world.graph.platform.subscriptions.get(one.account.id))}
            for one in self._world.business.numbers.values()
        ]  # fmt: skip

    def _account(self, account_id: str, name: str) -> Account:
        known = self._world.business.accounts.get(account_id)
        if known is None:
            known = self._world.business.accounts[account_id] = Account(account_id, name)
            self._world.graph.platform.add_node(Node(account_id, "waba", known))
        return known

    def _facts(self, number: Number) -> Fields:
        return {
            "id": number.id,
            "display_phone_number": number.shown,
            "verified_name": number.name,
            "quality_rating": number.quality,
            "status": "CONNECTED" if number.is_registered else "PENDING",
            "name_status": "APPROVED",
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API" if number.is_registered else "NOT_APPLICABLE",
            "is_on_biz_app": number.is_shared,
            "throughput": {"level": "STANDARD"},
            "whatsapp_business_manager_messaging_limit": number.limit,
        }

    def _asked(self, facts: Fields, call: Call, usual: tuple[str, ...]) -> Fields:
        """The fields that were asked for. Raises GraphError for one there is not."""
        names = [one.strip() for one in call.text("fields").split(",") if one.strip()] or list(usual)
        unknown = [one for one in names if one not in facts and one not in _UNTOLD]
        if unknown:
            raise bad_parameter(f"Tried accessing nonexisting field ({unknown[0]})")
        return {**{one: facts[one] for one in names if one in facts}, "id": facts["id"]}

    def _show(self, call: Call) -> Fields:
        usual = (
            "verified_name",
            "code_verification_status",
            "display_phone_number",
            "quality_rating",
            "platform_type",
            "throughput",
        )
        return self._asked(self._facts(call.node.value), call, usual)

    async def _set(self, call: Call) -> Fields:
        """Give a number a webhook of its own, or take it back; or a two-step PIN."""
        number: Number = call.node.value
        given: Any = call.fields.get("webhook_configuration")
        if isinstance(given, dict):
            url = str(given.get("override_callback_uri") or "")
            token = str(given.get("verify_token") or "")
            number.webhook = await self._world.graph.subscribing.checked(url, token) if url else None
        elif call.text("pin"):
            number.pin = call.text("pin")
        else:
            raise bad_parameter("The parameter webhook_configuration or pin is required.")
        return {"success": True}

    def _register(self, call: Call) -> Fields:
        number: Number = call.node.value
        pin = call.needed("pin")
        if call.text("messaging_product") != "whatsapp" or len(pin) != 6 or not pin.isdecimal():
            raise bad_parameter("Param pin must be 6 characters long.")
        if number.pin and pin != number.pin:
            raise GraphError(133005, "(#133005) Two step verification PIN Mismatch", details="PIN Mismatch", product="whatsapp")
        number.pin, number.is_registered = pin, True
        return {"success": True}

    def _deregister(self, call: Call) -> Fields:
        call.node.value.is_registered = False
        return {"success": True}

    def _show_account(self, call: Call) -> Fields:
        account: Account = call.node.value
        return self._asked({"id": account.id, "name": account.name, "currency": "EUR", "timezone_id": "1"}, call, ("name",))

    def _list(self, call: Call) -> Fields:
        account: Account = call.node.value
        found = [self._facts(one) for one in self._world.business.numbers.values() if one.account is account]
        return paged([self._asked(one, call, ("display_phone_number", "verified_name", "quality_rating")) for one in found], call)


def _change(number: Number, wanted: Fields) -> None:
    """Take over what a request says of a number."""
    for name in ("name", "pin", "quality", "limit"):
        if wanted.get(name):
            setattr(number, name, str(wanted[name]))
    for name in ("is_registered", "is_shared", "errors_at_once"):
        if name in wanted:
            setattr(number, name, wanted[name] is True)
    most = THROUGHPUT_SHARED if number.is_shared else THROUGHPUT
    number.throughput.per_s = number.throughput.burst = float(wanted.get("throughput") or most)
