"""Faults that one turns on at a phone: plainly shown, felt by the product, and ended together."""

import pytest
from playwright.sync_api import Page, expect

from tests.channels_app.playground.conftest import Phones
from tests.channels_app.playground.test_page import answer, open_thread

#: A stack, a worker and a browser each: fifteen seconds a fault.
pytestmark = [pytest.mark.browser, pytest.mark.drill]
NAMES = ["Duplicates", "Reordering", "Delay", "Wrong signature", "Too many requests", "Expired media", "Revoked token"]


@pytest.mark.parametrize("channel", ["whatsapp", "instagram", "messenger", "telegram", "sms"])
def test_each_fault_goes_on_and_all_end_together(phones: Phones, channel: str) -> None:
    phone = phones.of(channel)
    for place, name in enumerate(NAMES, start=1):
        phone.fault(name).check()
        expect(phone.element.locator(".faults-button")).to_have_text(f"Faults: {place}")
    expect(phone.element.locator(".notice")).to_have_text(
        f"On: {', '.join([*NAMES[:3], NAMES[4], NAMES[5], NAMES[3], NAMES[6]])}"
    )
    phones.page.reload()
    expect(phones.of(channel).element.locator(".faults-button")).to_have_text("Faults: 7")
    phones.page.get_by_role("button", name="End all faults").click()
    expect(phones.of(channel).element.locator(".faults-button")).to_have_text("Faults")
    expect(phones.of(channel).element.locator(".notice")).to_be_hidden()
    expect(phones.page.get_by_role("button", name="End all faults")).to_be_hidden()


def test_address_of_a_mail_has_one_fault_at_a_time(phones: Phones) -> None:
    phone = phones.of("mail")
    for name in ("Greylisting", "Bounce", "Full mailbox"):
        phone.fault(name).check()
        expect(phone.element.locator(".notice")).to_have_text(f"On: {name}")
    phone.fault("Changed password").check()
    expect(phone.element.locator(".notice")).to_have_text("On: Full mailbox, Changed password")
    phone.fault("Changed password").uncheck()
    phone.fault("Full mailbox").uncheck()
    expect(phone.element.locator(".notice")).to_be_hidden()


def test_doubled_events_are_one_message_in_the_dashboard(phones: Phones, desk: Page) -> None:
    phone = phones.of("whatsapp")
    phone.turn("Duplicates", is_on=True)
    expect(phone.element.locator(".notice")).to_be_visible()
    phone.write("Said once, told twice")
    open_thread(desk, "Said once, told twice")
    phone.turn("Duplicates", is_on=False)
    phone.write("And this one after it")
    expect(desk.locator(".message-inbound .text", has_text="And this one after it")).to_be_visible()
    expect(desk.locator(".message-inbound .text", has_text="Said once, told twice")).to_have_count(1)


def test_forged_events_are_refused_and_arrive_when_the_fault_ends(phones: Phones, desk: Page) -> None:
    phone = phones.of("telegram")
    phone.write("Before the forgery")
    open_thread(desk, "Before the forgery")
    phone.turn("Wrong signature", is_on=True)
    expect(phone.element.locator(".notice")).to_have_text("On: Wrong signature")
    phone.write("Under a wrong name")
    expect(phone.mine.last.get_by_role("img", name="Sent")).to_be_visible()
    desk.wait_for_timeout(1500)
    expect(desk.locator(".message-inbound .text", has_text="Under a wrong name")).to_have_count(0)
    phone.turn("Wrong signature", is_on=False)
    expect(desk.locator(".message-inbound .text", has_text="Under a wrong name")).to_be_visible(timeout=60_000)


def test_answer_that_was_put_off_arrives_once(phones: Phones, desk: Page) -> None:
    phone = phones.of("telegram")
    phone.write("Are you busy?")
    open_thread(desk, "Are you busy?")
    phone.turn("Too many requests", is_on=True)
    expect(phone.element.locator(".notice")).to_be_visible()
    answer(desk, "Only a little.")
    expect(phone.theirs.last).to_contain_text("Only a little.", timeout=90_000)
    expect(phone.element.locator(".notice")).to_be_hidden()
    expect(phone.theirs.filter(has_text="Only a little.")).to_have_count(1)
