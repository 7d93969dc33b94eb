"""What a customer reads of the AI: the answer, that an AI wrote it, how to get a person, and where it comes from."""

from typing import Any

from ai.gate import Opened
from ai.replies.answers import Answer
from ai.replies.small_talk import languages_of_small_talk
from ai.replies.words import say
from ai.services.situations import Situation
from channels_app.contract import Feature
from channels_app.registry import adapter_of
from conversations.models import Message


def said(
    situation: Situation,
    text: str,
    answer: Answer | None = None,
    *,
    offers_person: bool = True,
    introduces: bool = True,
    greeting: str = "",
) -> tuple[str, dict[str, Any]]:
    """The message's text and data. The first one of a conversation begins with the greeting, and says that an AI writes, and how
    to get a person.

    Where the channel shows sources by itself (the widget does) the text goes without them; elsewhere a link follows.
    """
    sources = sources_of(answer) if answer else []
    voice, language = situation.voice, situation.language
    links = list(dict.fromkeys(one["url"] for one in sources if one["url"])) if not _shows_sources(situation) else []
    is_introduced = not introduces or not is_first(situation)
    parts = [
        greeting,
        "" if is_introduced else say("is_ai", language, name=voice.name, company=voice.company),
        text,
        " ".join([say("source", language), *links]) if links else "",
        "" if is_introduced or not offers_person else say("person_any_time", language),
    ]
    body = "\n\n".join(filter(None, parts))
    return body, {"ai": {"name": voice.name, "sources": sources}}


def greeting_of(situation: Situation, opened: Opened) -> str:
    """The company's greeting, where the AI writes its first message here, in the greeting's language; else "".

    Raises ClosedError.
    """
    text = (situation.inbox_ai.greeting or situation.settings.greeting).strip()
    if not text or not is_first(situation):
        return ""
    own = [one[:2] for one in situation.settings.languages]
    found = opened.engine.language_of(text, own=own, hinted=languages_of_small_talk(text))
    return text if found.code == situation.language else ""


def sources_of(answer: Answer) -> list[dict[str, str]]:
    """The cited documents that customers may open: title and address, each once."""
    found = {
        one.candidate.document_id: {"title": one.candidate.title, "url": one.candidate.url}
        for one in answer.cited
        if one.candidate.is_public
    }
    return list(found.values())


def is_first(situation: Situation) -> bool:
    """Whether the AI has not introduced itself in this conversation yet."""
    rows = Message.objects.filter(conversation=situation.conversation, kind=Message.Kind.OUTBOUND, is_ai=True)
    return not rows.exists()


def _shows_sources(situation: Situation) -> bool:
    return Feature.SOURCES in adapter_of(situation.conversation.inbox.channel).capabilities.features
