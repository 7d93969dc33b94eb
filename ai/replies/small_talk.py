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


_FORMS: dict[SmallTalk, str] = {
    SmallTalk.HELLO: (
        "hi|hello|hey|hiya|hi there|hello there|hey there|good morning|good afternoon|good evening|good day|greetings|howdy|yo|"
        "oi|ola|bom dia|boa tarde|boa noite|oi tudo bem|ola tudo bem|tudo bem|e ai|opa|"
        "hola|buenos dias|buenas tardes|buenas noches|buenas|buen dia|que tal|hola que tal|"
        "bonjour|bonsoir|salut|coucou|bonjour a tous|"
        "hallo|guten tag|guten morgen|guten abend|moin|servus|gruss gott|ciao|buongiorno|buonasera|salve|"
        "goedemorgen|goedemiddag|goedenavond|hoi|dag|hej|hei|moi|czesc|dzien dobry|witam|merhaba|selam|iyi gunler|"
        "привет|здравствуйте|добрый день|добрый вечер|доброе утро|привіт|добрий день|مرحبا|السلام عليكم|אהלן|שלום|"
        "你好|您好|こんにちは|안녕하세요|สวัสดี|xin chao|halo|selamat pagi|selamat siang|namaste|नमस्ते"
    ),
    SmallTalk.THANKS: (
        "thanks|thank you|thank you so much|thank you very much|thanks a lot|many thanks|thx|ty|cheers|great thanks|ok thanks|"
        "okay thanks|perfect thanks|perfect thank you|great thank you|awesome thanks|that helps|that helped|thanks that helps|"
        "obrigado|obrigada|muito obrigado|muito obrigada|valeu|ok obrigado|ok obrigada|perfeito obrigado|perfeito obrigada|brigado|"
        "gracias|muchas gracias|mil gracias|ok gracias|perfecto gracias|vale gracias|"
        "merci|merci beaucoup|merci bien|parfait merci|super merci|ok merci|"
        "danke|vielen dank|danke schon|dankeschon|super danke|grazie|grazie mille|bedankt|dank je|dank u|dankjewel|tack|tak|takk|"
        "kiitos|dziekuje|dzieki|tesekkurler|tesekkur ederim|спасибо|большое спасибо|дякую|شكرا|תודה|谢谢|ありがとう|ありがとうございます|"
        "감사합니다|terima kasih|cam on|ขอบคุณ"
    ),
    SmallTalk.GOODBYE: (
        "bye|goodbye|bye bye|see you|have a nice day|have a good day|take care|that's all|thats all|that is all|no thanks|no thank you|"
        "nothing else|that's all thanks|no that's all|no that's all thanks|"
        "tchau|ate logo|ate mais|so isso|e so isso|nao obrigado|nao obrigada|mais nada|adios|hasta luego|chao|nada mas|no gracias|eso es todo|"
        "au revoir|a bientot|bonne journee|bonne soiree|non merci|c'est tout|tschuss|auf wiedersehen|nein danke|das war's|das war alles|"
        "arrivederci|no grazie|tot ziens|doei|nee bedankt|hej da|do widzenia|nie dziekuje|hosca kal|до свидания|до побачення"
    ),
}  # fmt: skip
_MARKS = re.compile(r"[^\w\s']+|_")
_LONGEST = 40


def small_talk_of(text: str) -> SmallTalk | None:
    """What kind of small talk a message is, taken as a whole; None for one that says or asks anything else."""
    if len(text) > _LONGEST:
        return None
    plain = " ".join(_MARKS.sub(" ", fold(text)).split())
    return _kinds().get(plain)


@cache
def _kinds() -> dict[str, SmallTalk]:
    return {" ".join(fold(form).split()): kind for kind, forms in _FORMS.items() for form in forms.split("|")}
