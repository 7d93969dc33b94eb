"""Stop and start words: whole messages by which people withdraw their consent, and give it again.

Only words that mean nothing else in a conversation with a company; a carrier's own words are its adapter's to know.
"""

import re
from unicodedata import category, normalize

STOP = frozenset(
    {
        *("stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "stop messages", "stop messaging me"),
        *("parar", "pare", "sair", "descadastrar", "cancelar inscricao", "parar mensagens", "nao enviar mais"),
        *("baja", "darme de baja", "dar de baja", "detener", "cancelar suscripcion", "no enviar mas", "parar mensajes"),
        *("arret", "arreter", "arretez", "desabonner", "desabonnement", "me desabonner", "desinscrire", "desinscription"),
    }
)
START = frozenset(
    {
        *("start", "unstop", "subscribe", "opt in", "optin"),
        *("iniciar", "comecar", "voltar a receber"),
        *("alta", "empezar", "comenzar", "volver a recibir"),
        *("demarrer", "commencer", "reprendre", "reabonner", "me reabonner"),
    }
)
_LONGEST = 40


def wish_of(text: str) -> bool | None:
    """Whether a message is a start word (True) or a stop word (False); None for anything else."""
    if len(text) > _LONGEST:
        return None
    bare = _bare(text)
    if bare in STOP:
        return False
    return True if bare in START else None


def _bare(text: str) -> str:
    """A text without case, accents, punctuation and doubled spaces."""
    letters = [one for one in normalize("NFKD", text.casefold()) if category(one) != "Mn"]
    return re.sub(r"[^\w]+", " ", "".join(letters)).strip()
