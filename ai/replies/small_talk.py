"""Greetings, thanks and goodbyes: whole messages that ask nothing, answered without looking anything up."""

import re
from enum import StrEnum
from functools import cache

from conversations.words import fold


class SmallTalk(StrEnum):
    """What a message is that asks nothing. The value is the key of the answer's words; `YES` and `NO` need the question."""

    HELLO = "hello"
    THANKS = "welcome"
    GOODBYE = "goodbye"


#: Whole messages by the language that they are in; some are said in several.
_FORMS: dict[SmallTalk, dict[str, str]] = {
    SmallTalk.HELLO: {
        "en": "hi|hello|hey|hiya|hi there|hello there|hey there|good morning|good afternoon|good evening|good day|greetings|howdy|yo",
        "pt": "oi|ola|bom dia|boa tarde|boa noite|oi tudo bem|ola tudo bem|tudo bem|e ai|opa",
        "es": "hola|buenos dias|buenas tardes|buenas noches|buenas|buen dia|que tal|hola que tal",
        "fr": "bonjour|bonsoir|salut|coucou|bonjour a tous",
        "de": "hallo|guten tag|guten morgen|guten abend|moin|servus|gruss gott",
        "it": "ciao|buongiorno|buonasera|salve",
        "nl": "goedemorgen|goedemiddag|goedenavond|hoi|dag|hallo",
        "sv": "hej", "da": "hej", "no": "hei", "fi": "hei|moi",
        "pl": "czesc|dzien dobry|witam|hej",
        "tr": "merhaba|selam|iyi gunler",
        "ru": "привет|здравствуйте|добрый день|добрый вечер|доброе утро",
        "uk": "привіт|добрий день",
        "ar": "مرحبا|السلام عليكم", "he": "אהלן|שלום",
        "zh": "你好|您好", "ja": "こんにちは", "ko": "안녕하세요", "th": "สวัสดี",
        "vi": "xin chao", "id": "halo|selamat pagi|selamat siang", "hi": "namaste|नमस्ते",
    },
    SmallTalk.THANKS: {
        "en": (
            "thanks|thank you|thank you so much|thank you very much|thanks a lot|many thanks|thx|ty|cheers|great thanks|ok thanks|"
            "okay thanks|perfect thanks|perfect thank you|great thank you|awesome thanks|that helps|that helped|thanks that helps"
        ),
        "pt": "obrigado|obrigada|muito obrigado|muito obrigada|valeu|ok obrigado|ok obrigada|perfeito obrigado|perfeito obrigada|brigado",
        "es": "gracias|muchas gracias|mil gracias|ok gracias|perfecto gracias|vale gracias",
        "fr": "merci|merci beaucoup|merci bien|parfait merci|super merci|ok merci",
        "de": "danke|vielen dank|danke schon|dankeschon|super danke",
        "it": "grazie|grazie mille",
        "nl": "bedankt|dank je|dank u|dankjewel",
        "sv": "tack", "da": "tak", "no": "takk", "fi": "kiitos",
        "pl": "dziekuje|dzieki", "tr": "tesekkurler|tesekkur ederim",
        "ru": "спасибо|большое спасибо", "uk": "дякую",
        "ar": "شكرا", "he": "תודה",
        "zh": "谢谢", "ja": "ありがとう|ありがとうございます", "ko": "감사합니다", "th": "ขอบคุณ",
        "vi": "cam on", "id": "terima kasih",
    },
    SmallTalk.GOODBYE: {
        "en": (
            "bye|goodbye|bye bye|see you|have a nice day|have a good day|take care|that's all|thats all|that is all|no thanks|"
            "no thank you|nothing else|that's all thanks|no that's all|no that's all thanks"
        ),
        "pt": "tchau|ate logo|ate mais|so isso|e so isso|nao obrigado|nao obrigada|mais nada",
        "es": "adios|hasta luego|chao|nada mas|no gracias|eso es todo",
        "fr": "au revoir|a bientot|bonne journee|bonne soiree|non merci|c'est tout",
        "de": "tschuss|auf wiedersehen|nein danke|das war's|das war alles",
        "it": "arrivederci|no grazie",
        "nl": "tot ziens|doei|nee bedankt",
        "sv": "hej da", "pl": "do widzenia|nie dziekuje", "tr": "hosca kal",
        "ru": "до свидания", "uk": "до побачення",
    },
}  # fmt: skip
_MARKS = re.compile(r"[^\w\s']+|_")
_LONGEST = 40


def small_talk_of(text: str) -> SmallTalk | None:
    """What kind of small talk a message is, taken as a whole; None for one that says or asks anything else."""
    known = _known(text)
    return known[0] if known else None


def languages_of_small_talk(text: str) -> tuple[str, ...]:
    """The languages that a message of small talk is said in; none for any other message."""
    known = _known(text)
    return known[1] if known else ()


def _known(text: str) -> tuple[SmallTalk, tuple[str, ...]] | None:
    if len(text) > _LONGEST:
        return None
    return _kinds().get(" ".join(_MARKS.sub(" ", fold(text)).split()))


@cache
def _kinds() -> dict[str, tuple[SmallTalk, tuple[str, ...]]]:
    found: dict[str, tuple[SmallTalk, tuple[str, ...]]] = {}
    for kind, languages in _FORMS.items():
        for language, forms in languages.items():
            for form in forms.split("|"):
                plain = " ".join(fold(form).split())
                _kind, earlier = found.get(plain, (kind, ()))
                found[plain] = (kind, (*earlier, language))
    return found
