"""Somebody else's client (pywa) against the emulator: what it sends is taken, what is told it believes and reads."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pywa.client import WhatsApp
from pywa.errors import WhatsAppError
from pywa.types.callback import Button

from tests.channels_app.whatsapp.conftest import NUMBER, SECRET, TOKEN, WABA, Line
from tests.emulators.test_client import picture

ZOE = {"phone": "46700000001", "user_id": "SE.1000001", "name": "Zoë Lindqvist", "username": "zoe"}


class Client:
    """The client, its sessions turned to the emulator, and every update that its handlers got."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.session = httpx.Client()
        self.wa = WhatsApp(
            phone_id=NUMBER, token=TOKEN, waba_id=WABA, session=self.session, server=None, verify_token="x", app_secret=SECRET,
            api_version=26.0, continue_handling=True,
        )  # fmt: skip
        self.session.base_url = f"{line.emulator.url}/graph/v26.0"
        self.seen: list[Any] = []
        wa: Any = self.wa  # its decorators are typed for classes alone
        news = (wa.on_user_marketing_preferences, wa.on_phone_number_change, wa.on_template_status_update)
        for add in (wa.on_message, wa.on_message_status, wa.on_callback_button, wa.on_callback_selection, *news):
            add()(lambda client, update: self.seen.append(update))

    def hear(self) -> list[Any]:
        """Hand what was told since the last time to the client, which proves it by its own validator."""
        self.line.emulator.control("settle")
        for body, headers in zip(self.line.receiver.bodies, self.line.receiver.headers, strict=True):
            header = headers["x-hub-signature-256"]
            assert self.wa.webhook_update_validator(body, header) is None
            assert self.wa.webhook_update_validator(body + b" ", header) is not None
            self.wa.webhook_update_handler(body)
        self.line.receiver.bodies.clear()
        self.line.receiver.headers.clear()
        found, self.seen = self.seen, []
        return found


@pytest.fixture
def client(line: Line) -> Iterator[Client]:
    made = Client(line)
    yield made
    made.session.close()


def test_client_reads_what_customers_write(client: Client) -> None:
    client.line.does(by=ZOE, text="Olá 👋")
    photo = client.line.does("photo", by=ZOE, caption="The lid")
    client.line.does("press", by=ZOE, id="size:l", title="Large", reply_to=photo["message"])
    client.line.does("list", by=ZOE, id="row:2", title="Two", reply_to=photo["message"])
    client.line.does("location", by=ZOE)
    client.line.does("contact", by=ZOE)
    text, image, pressed, chosen, place, card = client.hear()
    assert (text.text, text.from_user.name, text.from_user.bsuid, text.from_user.wa_id) == (
        "Olá 👋", "Zoë Lindqvist", "SE.1000001", "46700000001",
    )  # fmt: skip
    assert image.caption == "The lid"
    assert len(client.wa.get_media_bytes(client.wa.get_media_url(image.image.id).url)) > 500
    assert (pressed.data, pressed.title) == ("size:l", "Large")
    assert (chosen.data, chosen.title) == ("row:2", "Two")
    assert place.location.latitude == 38.7139
    assert card.contacts[0].name.formatted_name == "Zoë Lindqvist"


def test_client_reads_the_news(client: Client) -> None:
    client.line.does(by=ZOE)
    client.line.does("preference", by=ZOE)
    client.line.does("change_number", by=ZOE, phone="46700000099", tells_id=False)
    _text, wish, changed = client.hear()
    client.line.emulator.control("whatsapp/templates", name="order_ready", language="en_US")
    [template] = client.hear()
    assert wish.from_user.wa_id == "46700000001"
    assert (changed.old_wa_id, changed.new_wa_id) == ("46700000001", "46700000099")
    assert template.template_name == "order_ready"


def test_client_sends_and_hears_its_statuses(client: Client) -> None:
    asked = client.line.does(by=ZOE)
    client.hear()
    client.wa.mark_message_as_read(asked["message"])
    client.wa.indicate_typing(asked["message"])
    sent = client.wa.send_message("46700000001", "Hello", reply_to_message_id=asked["message"], tracker="ours")
    client.wa.send_image("46700000001", picture(90, 60), caption="x", mime_type="image/jpeg")
    buttons = [Button(title="Yes", callback_data="a"), Button(title="No", callback_data="b")]
    client.wa.send_message("46700000001", "Sure?", buttons=buttons)
    client.wa.send_reaction("46700000001", "🔥", asked["message"])
    client.line.emulator.advance(1)
    statuses = [one for one in client.hear() if one.id == sent.id]
    assert [one.status.value for one in statuses] == ["sent", "delivered"]
    assert {one.tracker for one in statuses} == {"ours"}
    kinds = [one["body"].get("type") or one["body"].get("status") for one in client.line.outbox()]
    assert kinds == ["read", "read", "text", "image", "interactive", "reaction"]


def test_client_meets_the_platforms_refusals(client: Client) -> None:
    client.line.does(by=ZOE)
    client.line.emulator.advance(25 * 3600)
    client.hear()
    client.wa.send_message("46700000001", "Too late")
    client.line.emulator.advance(1)
    [failed] = client.hear()
    assert (failed.status.value, failed.error.code) == ("failed", 131047)
    client.line.emulator.control("whatsapp/revocations")
    with pytest.raises(WhatsAppError) as caught:
        client.wa.send_message("46700000001", "x")
    assert caught.value.code == 190


def test_client_lists_numbers_and_templates(client: Client) -> None:
    client.line.emulator.control("whatsapp/templates", name="order_ready", language="en_US")
    assert [(one.id, one.verified_name) for one in client.wa.get_business_phone_numbers()] == [(NUMBER, "Terra & Glaze")]
    assert [(one.name, one.status.value) for one in client.wa.get_templates()] == [("order_ready", "APPROVED")]
