"""The mailboxes of the world as pymap wants to see them."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import lru_cache

from pymap.backend.mailbox import MailboxDataInterface, MailboxSetInterface
from pymap.backend.session import BaseSession
from pymap.concurrent import Event
from pymap.config import IMAPConfig
from pymap.exceptions import NotSupportedError
from pymap.flags import FlagOp
from pymap.interfaces.message import CachedMessage
from pymap.listtree import ListTree
from pymap.mailbox import MailboxSnapshot
from pymap.message import BaseLoadedMessage, BaseMessage
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement, ObjectId
from pymap.parsing.specials.flag import Flag, Seen
from pymap.selected import SelectedMailbox, SelectedSet

from channels_app.emulators.mail.state import INBOX, Folder, Letter, Mailbox, World


class StoredMessage(BaseMessage):
    """A letter. It is read only for a client that asks for more than its number."""

    def __init__(self, letter: Letter, *, expunged: bool = False) -> None:
        flags = frozenset(Flag(one) for one in letter.flags)
        mark = ObjectId.new_email_id(letter.mark.encode())
        super().__init__(letter.uid, datetime.fromtimestamp(letter.at, UTC), flags, email_id=mark, expunged=expunged)
        self._letter = letter

    async def load_content(self, requirement: FetchRequirement) -> BaseLoadedMessage:
        wanted = None if requirement == FetchRequirement.NONE else _parsed(self._letter.content)
        return BaseLoadedMessage(self, requirement, wanted)


class StoredFolder(MailboxDataInterface[StoredMessage]):
    """A folder. What others put into it is told to whoever waits."""

    def __init__(self, world: World, folder: Folder) -> None:
        self._world, self._folder = world, folder
        self._changed = Event.for_asyncio()
        self._selected_set = SelectedSet()
        folder.watchers.add(self._changed.set)

    def close(self) -> None:
        """Be told of nothing any more."""
        self._folder.watchers.discard(self._changed.set)

    @property
    def mailbox_id(self) -> ObjectId:
        return ObjectId.new_mailbox_id(self._folder.name.encode())

    @property
    def readonly(self) -> bool:
        return False

    @property
    def uid_validity(self) -> int:
        return self._folder.validity

    @property
    def selected_set(self) -> SelectedSet:
        return self._selected_set

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        if wait_on is not None and selected.mod_sequence == self._folder.version:
            await wait_on.or_event(self._changed).wait()
        selected.mod_sequence = self._folder.version
        selected.set_messages([StoredMessage(one) for one in self._folder.letters])
        return selected

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> StoredMessage:
        letter = self._world.keep(self._folder, bytes(append_msg.literal))
        letter.flags = frozenset(str(one) for one in append_msg.flag_set)
        return StoredMessage(letter)

    async def copy(self, uid: int, destination: "StoredFolder", *, recent: bool = False) -> int | None:
        raise NotSupportedError

    async def move(self, uid: int, destination: "StoredFolder", *, recent: bool = False) -> int | None:
        raise NotSupportedError

    async def get(self, uid: int, cached_msg: CachedMessage) -> StoredMessage:
        letter = self._letter(uid)
        return StoredMessage(Letter("", b"", uid=uid), expunged=True) if letter is None else StoredMessage(letter)

    async def update(self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp) -> StoredMessage:
        letter = self._letter(uid)
        if letter is not None:
            before = frozenset(Flag(one) for one in letter.flags)
            letter.flags = frozenset(str(one) for one in mode.apply(before, flag_set))
            self._folder.tell()
        return await self.get(uid, cached_msg)

    async def delete(self, uids: Iterable[int]) -> None:
        wanted = set(uids)
        self._folder.remove([one.mark for one in self._folder.letters if one.uid in wanted])

    async def claim_recent(self, selected: SelectedMailbox) -> None:
        """No client of ours asks which mail is recent."""

    async def cleanup(self) -> None:
        """Nothing is left lying about."""

    async def snapshot(self) -> MailboxSnapshot:
        letters = self._folder.letters
        unseen = [number for number, one in enumerate(letters, 1) if str(Seen) not in one.flags]
        own = (self.mailbox_id, self.readonly, self.uid_validity, self.permanent_flags, self.session_flags)
        return MailboxSnapshot(*own, len(letters), 0, len(unseen), next(iter(unseen), None), self._folder.next_uid)

    def _letter(self, uid: int) -> Letter | None:
        return next((one for one in self._folder.letters if one.uid == uid), None)


class StoredFolders(MailboxSetInterface[StoredFolder]):
    """A mailbox's folders, as one connection sees them."""

    def __init__(self, world: World, mailbox: Mailbox) -> None:
        self._world, self._mailbox = world, mailbox
        self._open: dict[str, StoredFolder] = {}

    def close(self) -> None:
        for one in self._open.values():
            one.close()

    @property
    def delimiter(self) -> str:
        return "/"

    async def set_subscribed(self, name: str, subscribed: bool) -> None:  # pymap's signature
        raise NotSupportedError

    async def list_subscribed(self) -> ListTree:
        return await self.list_mailboxes()

    async def list_mailboxes(self) -> ListTree:
        return ListTree(self.delimiter).update(*self._mailbox.folders)

    async def get_mailbox(self, name: str) -> StoredFolder:
        known = INBOX if name.upper() == INBOX else name
        if known not in self._open:
            self._open[known] = StoredFolder(self._world, self._mailbox.folders[known])
        return self._open[known]

    async def add_mailbox(self, name: str) -> ObjectId:
        if name in self._mailbox.folders:
            raise ValueError(name)
        self._world.folder(self._mailbox, name)
        return (await self.get_mailbox(name)).mailbox_id

    async def delete_mailbox(self, name: str) -> None:
        raise NotSupportedError

    async def rename_mailbox(self, before: str, after: str) -> None:
        raise NotSupportedError


class Session(BaseSession[StoredMessage]):
    """What somebody who has signed in works with."""

    def __init__(self, config: IMAPConfig, mailbox: Mailbox, folders: StoredFolders) -> None:
        super().__init__(mailbox.address)
        self._config, self.mailbox, self._folders = config, mailbox, folders

    @property
    def config(self) -> IMAPConfig:
        return self._config

    @property
    def mailbox_set(self) -> StoredFolders:
        return self._folders


@asynccontextmanager
async def session_of(config: IMAPConfig, world: World, mailbox: Mailbox) -> AsyncIterator[Session]:
    """A mailbox until the connection ends."""
    folders = StoredFolders(world, mailbox)
    try:
        yield Session(config, mailbox, folders)
    finally:
        folders.close()


@lru_cache(maxsize=8)
def _parsed(content: bytes) -> MessageContent:
    """A mail as a tree. Clients ask for the same one several times: its size, its structure, its parts."""
    return MessageContent.parse(content)
