"""Mail on the playground: no webhooks and no order to lose, but servers that put off, send back, and keep people out."""

from collections.abc import Collection

from channels_app.emulators.mail.provider import Mail
from channels_app.emulators.playground.lines import Account, Fields, chat_of
from channels_app.emulators.web import BadRequestError

LOCKED = "locked"
#: The faults that are a behaviour of the customer's address. It has one at a time.
BEHAVIOURS = ("greylist", "bounce", "full")


class MailLine:
    """The mailboxes, each with the people who write to it."""

    name, key = "mail", "mailbox"

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    def accounts(self) -> list[Account]:
        return [
            Account(one.address, one.address, "told at once, by IMAP", is_connected=True)
            for one in self._mail.world.mailboxes.values()
        ]

    def chat(self, account: str, customer: str) -> Fields | None:
        return chat_of(self, self._mail, account, customer)

    def faults_on(self, account: str, customer: str) -> list[str]:
        behaviour = str(self._mail.world.behaviours.get(customer.lower(), {}).get("behaviour") or "")
        mailbox = self._mail.world.mailbox(account)
        is_locked = mailbox is not None and mailbox.is_locked
        return [*([behaviour] if behaviour in BEHAVIOURS else []), *([LOCKED] if is_locked else [])]

    def set_faults(self, account: str, customer: str, names: Collection[str]) -> None:
        if unknown := sorted(set(names) - {*BEHAVIOURS, LOCKED}):
            raise BadRequestError(f"There is no fault called {', '.join(unknown)}.")
        wanted = [one for one in names if one in BEHAVIOURS]
        self._mail.set_faults({"behaviour": wanted[-1]} if wanted else {}, customer)
        self._mail.change("locks", {"address": account, "is_locked": LOCKED in names})

    def end_faults(self) -> None:
        self._mail.world.behaviours.clear()
        self._mail.world.seen.clear()
        for one in self._mail.world.mailboxes.values():
            one.is_locked = False
