"""The rows of one part, as the product's services would have left them: same columns, same keys, same words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from bench.data.cast import Cast
from bench.data.sealed import id_at, sealer_of
from bench.data.sizes import Part
from bench.data.words import Writer

#: All sets span this long and end at the same moment, whenever they are made.
END = datetime(2026, 11, 1, tzinfo=UTC)
SPAN = timedelta(days=700)
_STATUSES = ("open", "resolved", "pending", "snoozed")
_STATUS_WEIGHTS = (50, 38, 8, 4)

type Row = dict[str, Any]


@dataclass(slots=True)
class Tables:
    """Rows by table, in the order in which they are loaded."""

    contacts: list[Row] = field(default_factory=list)
    identities: list[Row] = field(default_factory=list)
    conversations: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    words: list[Row] = field(default_factory=list)


class Maker:
    """Makes the rows of one part. Chance depends on workspace and part only, so a set is the same each time."""

    def __init__(self, cast: Cast, part: Part, messages: int) -> None:
        self.cast = cast
        self.part = part
        self.random = Random(f"{part.workspace}/{part.start}")
        self.writer = Writer(self.random)
        self.messages = messages
        self.sealer = sealer_of(cast.workspace)
        self.tables = Tables()

    def make(self) -> Tables:
        count = self.part.end - self.part.start
        keys = self.sealer.new_keys(count)
        for number, key in zip(range(self.part.start + 1, self.part.end + 1), keys, strict=True):
            at = END - SPAN * (1 - number / (self.part.total + 1))
            inbox = self.random.choices(self.cast.inboxes, weights=(60, 30, 10))[0]
            contact, identity = self._person(number, key, inbox, at)
            self._conversation(number, key, inbox, contact, identity, at)
        return self.tables

    def _person(self, number: int, key: UUID, inbox: UUID, at: datetime) -> tuple[Row, Row]:
        contact_id, name = id_at(at, self.random), self.writer.name(number)
        own = {"workspace_id": self.cast.workspace, "key_id": key}
        contact = {
            **own, "id": contact_id, "name": self.sealer.text("conversations_contact", "name", contact_id, key, name),
            "language": "pt", "is_blocked": False, "last_seen_at": at, "created_at": at, "plain_name": name,
        }  # fmt: skip
        self.tables.contacts.append(contact)
        value, identity_id = f"visitor-{self.part.workspace}-{number}", id_at(at, self.random)
        identity = {
            **own, "id": identity_id, "contact_id": contact_id, "inbox_id": inbox, "kind": "visitor",
            "value": self.sealer.text("conversations_contactidentity", "value", identity_id, key, value),
            "value_index": self.sealer.index("identity.visitor", value), "is_verified": False,
            "is_reachable": True, "created_at": at,
        }  # fmt: skip
        self.tables.identities.append(identity)
        email = f"person{number}@customers-{self.part.workspace}.example"
        general_id = id_at(at, self.random)
        general = {
            **identity, "id": general_id, "inbox_id": None, "kind": "email",
            "value": self.sealer.text("conversations_contactidentity", "value", general_id, key, email),
            "value_index": self.sealer.index("identity.email", email),
        }  # fmt: skip
        self.tables.identities.append(general)
        self.tables.words.append(
            self._words("contact", contact_id, contact_id, self.sealer.tokens_of(f"{name} {email}", contact_id))
        )
        return contact, identity

    def _conversation(self, number: int, key: UUID, inbox: UUID, contact: Row, identity: Row, at: datetime) -> None:
        conversation_id = id_at(at, self.random)
        messages = self._messages(conversation_id, key, inbox, contact["id"], at)
        last, inbound = messages[-1], max(one["seq"] for one in messages if one["kind"] == "inbound")
        status = self.random.choices(_STATUSES, weights=_STATUS_WEIGHTS)[0]
        labels = self._labels()
        assignee = self.random.choice(self.cast.agents) if self.random.random() < 0.6 else None
        read = {str(assignee): self.random.choice((inbound, inbound, 0))} if assignee else {}
        sealed = self.sealer.text
        self.tables.conversations.append(
            {
                "id": conversation_id, "workspace_id": self.cast.workspace, "key_id": key, "number": number, "is_threaded": False,
                "inbox_id": inbox,
                "contact_id": contact["id"], "identity_id": identity["id"], "status": status,
                "priority": self.random.choices(range(5), weights=(60, 10, 15, 10, 5))[0], "assignee_id": assignee,
                "team_id": self.random.choice(self.cast.teams) if self.random.random() < 0.5 else None,
                "snoozed_until": END + timedelta(days=3650) if status == "snoozed" else None,
                "last_seq": len(messages), "inbound_seq": inbound, "contact_read_seq": 0, "read_seqs": read,
                "contact_name": sealed("conversations_conversation", "contact_name", conversation_id, key, contact["plain_name"]),
                "label_ids": labels, "preview_kind": last["kind"],
                "preview": sealed("conversations_conversation", "preview", conversation_id, key, last["plain"][:160]),
                "last_activity_at": last["created_at"],
                "waiting_since": last["created_at"] if status == "open" and last["kind"] == "inbound" else None,
                "first_replied_at": messages[1]["created_at"] if len(messages) > 1 else None,
                "resolved_at": last["created_at"] if status == "resolved" else None, "created_at": at,
            }
        )  # fmt: skip
        for label in labels:
            self.tables.links.append(
                {"id": id_at(at, self.random), "workspace_id": self.cast.workspace, "conversation_id": conversation_id,
                 "label_id": label, "status": status, "last_activity_at": last["created_at"]}
            )  # fmt: skip

    def _messages(self, conversation: UUID, key: UUID, inbox: UUID, contact: UUID, at: datetime) -> list[Row]:
        made, moment = [], at
        for seq in range(1, self.messages + 1):
            moment += timedelta(seconds=self.random.expovariate(1 / 1800) + 1)
            is_inbound = seq == 1 or self.random.random() < 0.55
            words, message_id = self.writer.text(), id_at(moment, self.random)
            text = " ".join(words)
            row = {
                "id": message_id, "workspace_id": self.cast.workspace, "key_id": key, "conversation_id": conversation,
                "inbox_id": inbox, "seq": seq, "kind": "inbound" if is_inbound else "outbound", "content_type": "text",
                "author_user_id": None if is_inbound else self.random.choice(self.cast.agents),
                "author_contact_id": contact if is_inbound else None, "is_ai": False,
                "body": self.sealer.text("conversations_message", "body", message_id, key, text),
                "provider_index": self.random.randbytes(16) if is_inbound else None,
                "status": "" if is_inbound else "read", "error_code": "", "occurred_at": moment, "created_at": moment,
                "plain": text,
            }  # fmt: skip
            made.append(row)
            entry = self._words("message", message_id, contact, self.sealer.tokens(words, message_id))
            self.tables.words.append({**entry, "inbox_id": inbox, "conversation_id": conversation})
        self.tables.messages += made
        return made

    def _words(self, source: str, row_id: UUID, contact: UUID, tokens: list[int]) -> Row:
        return {
            "id": row_id, "workspace_id": self.cast.workspace, "source": source, "inbox_id": None, "conversation_id": None,
            "contact_id": contact, "tokens": tokens,
        }  # fmt: skip

    def _labels(self) -> list[UUID]:
        if self.random.random() > 0.4:
            return []
        weights = [1 / (rank + 1) for rank in range(len(self.cast.labels))]
        return list(dict.fromkeys(self.random.choices(self.cast.labels, weights=weights, k=self.random.randint(1, 3))))
