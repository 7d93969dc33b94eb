"""The languages that articles may be written in, under their own names."""

from django.conf.locale import LANG_INFO

CODES = (
    "en", "pt", "es", "fr", "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "et", "fa", "fi", "he", "hi", "hr", "hu", "id", "it",
    "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "ro", "ru", "sk", "sl", "sr", "sv", "ta", "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
_OWN = {"zh": "中文"}
#: What messages may be read as beside these.
_READ = {"kk": "Қазақ", "no": "Norsk", "tl": "Tagalog"}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


#: For forms: code and name, the product's own languages first.
CHOICES = [(code, _OWN.get(code) or _capital(str(LANG_INFO[code]["name_local"]))) for code in CODES]
_NAMES = {**_READ, **dict(CHOICES)}


def name_of(code: str) -> str:
    """A language's own name; its country is left out (`pt-BR`); a code that is not known stands for itself."""
    return _NAMES.get(code) or _NAMES.get(code.replace("_", "-").partition("-")[0].lower(), code)


def direction(code: str) -> str:
    """How the language is written, as HTML's `dir`."""
    return "rtl" if code in _RIGHT_TO_LEFT else "ltr"
