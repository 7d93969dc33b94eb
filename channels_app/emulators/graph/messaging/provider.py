"""What the control API may do with either channel."""

from typing import Any

from channels_app.emulators.graph.messaging.core import Core
from channels_app.emulators.graph.messaging.shown import chat_as_seen
from channels_app.emulators.graph.messaging.state import Account, Chat, Fields
from channels_app.emulators.web import BadRequestError, Response


class Messaging:
    """A channel on the core: its accounts are those `about` a page, or about Instagram."""

    def __init__(self, core: Core, about: str) -> None:
        self.core = core
        self._about = about

    def reset(self) -> None:
        """All that is kept is forgotten with the Graph API."""

    def inbound(self, wanted: Fields) -> Fields:
        """What a person does."""
        return self.core.customers.act(self.named(str(wanted.get("account") or "")), wanted)

    def named(self, account: str) -> Account:
        """An account of the channel, or its only one. Raises BadRequestError."""
        return self.core.accounts.named(account, self._about)

    def accounts(self) -> list[Account]:
        """The channel's accounts."""
        return [one for one in self.core.world.business.accounts.values() if one.about == self._about]

    def is_connected(self, account: Account) -> bool:
        """Whether an app hears of an account."""
        return self.core.accounts.is_connected(account)

    def outbox(self, *, to: str = "", connection: str = "") -> list[Fields]:
        """What was posted to accounts, oldest first, right or wrong."""
        known = {one.id for one in self.accounts()}
        found = [one for one in self.core.world.business.outbox if one["account"] in known]
        return [one for one in found if to in ("", one["to"]) and connection in ("", one["account"])]

    def set_faults(self, wanted: Fields, connection: str) -> None:
        """Give an account its faults, of its calls and webhooks; an empty profile ends them. Raises BadRequestError."""
        account = self.named(connection)
        account.graph.set_faults(wanted, account.id)
        if account.page:  # its calls are the page's
            account.graph.platform.faults[account.page] = account.graph.platform.faults[account.id]

    def read(self, what: str, query: dict[str, str]) -> Any:
        """What a page shows: the accounts, their people, a chat, a file. Raises BadRequestError."""
        business = self.core.world.business
        if what == "accounts":
            return self.core.accounts.listed(self._about)
        if what == "file":
            file = business.files.get(query.get("id", ""))
            if file is None:
                raise BadRequestError("There is no such file.")
            headers = {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
            return Response(200, file.content, file.content_type, headers)
        account = self.named(query.get("account", ""))
        if what == "customers":
            return [
                {"id": one.person.id, "name": one.person.name, "username": one.person.username} for one in account.chats.values()
            ]
        if what == "chat":
            return chat_as_seen(self.core.world, account, self._chat(account, query.get("customer", "")))
        raise BadRequestError("There is nothing at this address.")

    def change(self, what: str, wanted: Fields) -> Any:
        """What the platform's own people do. Raises BadRequestError."""
        match what:
            case "accounts":
                return self.add(wanted)
            case "revocations":
                account = self.named(str(wanted.get("account") or ""))
                return account.graph.change("revocations", {**wanted, "account": account.node})
            case "files":
                return self._end_file(wanted)
        raise BadRequestError(f"There is nothing called {what}.")

    def add(self, wanted: Fields) -> Fields:
        """A new account."""
        return self.core.accounts.add_page(wanted)

    def _end_file(self, wanted: Fields) -> Fields:
        """A file's address ends now."""
        file = self.core.world.business.files.get(str(wanted.get("id") or ""))
        if file is None:
            raise BadRequestError("There is no such file.")
        file.ends_at = 0.0
        return {}

    def _chat(self, account: Account, person: str) -> Chat:
        if person not in account.chats:
            raise BadRequestError("There is no such customer.")
        return account.chats[person]
