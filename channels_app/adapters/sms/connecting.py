"""Connecting a number or a messaging service: whose account it is, and where its messages go."""

from django.utils.translation import gettext as _

from channels_app.adapters.sms.api import Twilio
from channels_app.contract import ChannelError, Connection, InboxConfig
from channels_app.json_fields import Fields
from chatzee.env import env


def connect(inbox: InboxConfig, hook_url: str) -> Connection:
    """Check the key, find the sender, and have its messages sent here. Raises ChannelError."""
    line, sender = Twilio(inbox), str(inbox.settings.get("sender") or "")
    account = line.get("")
    if account.get("status") not in ("active", None):
        raise ChannelError("account_closed", permanent=True, stops_inbox=True)
    if sender.startswith("MG"):
        ours = [("InboundRequestUrl", hook_url), ("InboundMethod", "POST"), ("UseInboundWebhookOnNumber", "false")]
        found = line.post(_service(sender), ours, is_repeatable=True)
        name = str(found.get("friendly_name") or sender)
        facts = {"name": name}
    else:
        number = _number(line, sender)
        line.post(f"/IncomingPhoneNumbers/{number['sid']}", [("SmsUrl", hook_url), ("SmsMethod", "POST")], is_repeatable=True)
        name, facts = sender, _facts(number)
    words = _("Customers reach you by SMS at %(name)s.") % {"name": name}
    return Connection(settings={"hook_url": hook_url}, words=words, facts=facts)


def disconnect(inbox: InboxConfig) -> None:
    """Have the sender's messages sent here no more, unless they go elsewhere by now."""
    sender, ours = str(inbox.settings.get("sender") or ""), str(inbox.settings.get("hook_url") or "")
    try:
        line = Twilio(inbox)
        if sender.startswith("MG"):
            if line.get(_service(sender)).get("inbound_request_url") == ours:
                line.post(_service(sender), [("InboundRequestUrl", "")], is_repeatable=True)
        elif (number := _number(line, sender)).get("sms_url") == ours:
            line.post(f"/IncomingPhoneNumbers/{number['sid']}", [("SmsUrl", "")], is_repeatable=True)
    except ChannelError as error:
        if not error.stops_inbox and error.code != "sender_wrong":
            raise


def _service(sid: str) -> str:
    return f"{env.twilio_messaging_url.rstrip('/')}/v1/Services/{sid}"


def _number(line: Twilio, sender: str) -> Fields:
    for one in line.pages("/IncomingPhoneNumbers", "incoming_phone_numbers", PhoneNumber=sender):
        if one.get("phone_number") == sender:
            return one
    raise ChannelError("sender_wrong", permanent=True)


def _facts(number: Fields) -> dict[str, str]:
    can = number.get("capabilities")
    able = [name.upper() for name in ("sms", "mms") if isinstance(can, dict) and can.get(name) is True]
    facts = {"name": str(number.get("friendly_name") or ""), "can": ", ".join(able)}
    return {name: value for name, value in facts.items() if value}
