"""How much data there is, and how it is cut into parts that are loaded one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

WORKSPACES = 50
PART = 2000


@dataclass(frozen=True, slots=True)
class Size:
    """A set: so many conversations, half of them in the first workspace, each with so many messages."""

    name: str
    conversations: int
    messages: int

    def of_workspace(self, workspace: int) -> int:
        """How many conversations a workspace (0 is the largest) holds."""
        if workspace == 0:
            return self.conversations // 2
        rest = self.conversations - self.conversations // 2
        share, more = divmod(rest, WORKSPACES - 1)
        return share + (workspace <= more)

    def parts(self) -> Iterator["Part"]:
        """Every part, the oldest of all workspaces first, so that tables grow as they would in use."""
        rounds = -(-self.of_workspace(0) // PART)
        for step in range(rounds):
            for workspace in range(WORKSPACES):
                total = self.of_workspace(workspace)
                start, end = total * step // rounds, total * (step + 1) // rounds
                if end > start:
                    yield Part(workspace, start, end, total)


@dataclass(frozen=True, slots=True)
class Part:
    """The conversations from number `start` + 1 to `end` of a workspace with `total` of them."""

    workspace: int
    start: int
    end: int
    total: int


SIZES = {
    size.name: size
    for size in (
        Size("6k", 6_000, 10),
        Size("60k", 60_000, 10),
        Size("1m", 1_000_000, 5),
    )
}
