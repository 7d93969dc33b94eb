"""A question and an answer of a conversation as an article's title and text: what is about one person alone is left out."""

import re
from html import escape

from ai.engine.answers.sentences import split
from ai.replies.small_talk import small_talk_of

MAX_TITLE = 160
#: Fewer words than these explain nothing to anybody else.
FEWEST_WORDS = 6
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]{1,20}_\d{1,6}>")
_PERSON = r"(?:\s*,?\s*<PERSON_\d+>)*"
_SALUTATION = re.compile(
    r"^\s*(?:hi there|hello there|hi|hello|hey|dear|good (?:morning|afternoon|evening)|olá|ola|oi|prezad[oa]|car[oa]|"
    r"bom dia|boa tarde|boa noite|hola|buenos días|buenas tardes|estimad[oa]|bonjour|bonsoir|cher|chère|salut|"
    r"hallo|guten (?:tag|morgen|abend)|"
    rf"lieber|liebe|sehr geehrte[rs]?)\b{_PERSON}\s*[,!.:;–-]*\s*",
    re.IGNORECASE,
)  # fmt: skip
_CLOSING = re.compile(
    r"^\s*(?:(?:best|kind|warm|many)?\s*(?:regards|wishes)|best|cheers|sincerely|yours|atenciosamente|abraços?|cumprimentos|"
    r"um abraço|saludos(?: cordiales)?|un saludo|atentamente|cordialement|bien à vous|"
    r"(?:viele|liebe|beste|mit freundlichen) grü(?:ß|ss)en?)\b.{0,60}$",
    re.IGNORECASE | re.DOTALL,
)


def title_of(masked: str) -> str:
    """The question in a customer's message: its longest sentence with a question mark, else its longest; "" where none is."""
    said = [one for line in _lines(masked) for one in _sentences(line)]
    asked = [one for one in said if "?" in one or "？" in one] or said
    title = max(asked, key=len, default="")
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}…"


def body_of(masked: str) -> str:
    """An answer as HTML, a paragraph a line, without greetings and without sentences about this customer; "" where too little is
    left to explain anything."""
    kept = [" ".join(_sentences(line)) for line in _lines(masked)]
    paragraphs = [one for one in kept if one]
    if sum(len(one.split()) for one in paragraphs) < FEWEST_WORDS:
        return ""
    return "".join(f"<p>{escape(one, quote=False)}</p>" for one in paragraphs)


def _lines(masked: str) -> list[str]:
    return [line.strip() for line in masked.splitlines() if line.strip()]


def _sentences(line: str) -> list[str]:
    """Those that anybody may read: no salutation or closing, no small talk, nothing with personal data in it."""
    rest = _SALUTATION.sub("", line)
    found = []
    for one in split(rest):
        text = one.text.strip()
        if _PLACEHOLDER.search(text) or _CLOSING.match(text) or small_talk_of(text):
            continue
        found.append(text[:1].upper() + text[1:])
    return found
