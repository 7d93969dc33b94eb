"""The answers that a message asks people to choose from, checked before Meta would refuse them."""

from channels_app.contract import ChannelError


def choice_of(wanted: object, code: str, *, most_title: int, most_id: int) -> tuple[str, str]:
    """A choice's id and title, at most so many characters. Where there is no id the title is what comes back.

    Raises ChannelError with this code.
    """
    given = wanted if isinstance(wanted, dict) else {}
    title = str(given.get("title") or given.get("text") or "").strip()
    choice = str(given.get("id") or given.get("data") or title)
    if not 1 <= len(title) <= most_title or not 1 <= len(choice) <= most_id:
        raise ChannelError(code, permanent=True)
    return choice, title
