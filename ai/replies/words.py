"""What the AI says to customers in its own name: constant texts, written by people, never by a model.

That an AI writes is said in the first message of a conversation, in the contact's language (EU AI Act article 50, California's
BOT Act). Texts of further languages stand in `FURTHER`; a language that has none is spoken to in English.
"""

from collections.abc import Mapping

from ai.replies.further_words import FURTHER

type Words = Mapping[str, str]

_WORDS: dict[str, Words] = {
    "en": {
        "is_ai": "I'm {name}, the AI assistant of {company}.",
        "person_any_time": "You can ask for a person at any time: just write “person”.",
        "yes_ai": "I'm {name}, an AI, not a person. I answer from {company}'s help articles. Shall I bring a colleague in? Just write “person”.",
        "hello": "Hello! How can I help?",
        "welcome": "You're welcome! Is there anything else I can help with?",
        "goodbye": "All the best!",
        "clarify": "I want to get this right: could you tell me a little more, for example which product or order it is about?",
        "handed_now": "I've passed this on to a colleague, who will go on right here.",
        "handed_soon": "I've passed this on to my colleagues. They will answer you right here as soon as they can.",
        "handed_later": "I've passed this on to my colleagues. They are back {when} and will answer you right here.",
        "source": "More on this:",
        "today": "today at {time}",
        "tomorrow": "tomorrow at {time}",
        "weekday": "on {day} at {time}",
    },
    "pt": {
        "is_ai": "Sou {name}, o assistente de IA de {company}.",
        "person_any_time": "Você pode pedir uma pessoa a qualquer momento: basta escrever “atendente”.",
        "yes_ai": "Sou {name}, uma IA, não uma pessoa. Respondo com base nos artigos de ajuda de {company}. Quer que eu chame um colega? Basta escrever “atendente”.",
        "hello": "Olá! Como posso ajudar?",
        "welcome": "De nada! Posso ajudar em mais alguma coisa?",
        "goodbye": "Tudo de bom!",
        "clarify": "Quero acertar na resposta: pode me contar um pouco mais, por exemplo, de que produto ou pedido se trata?",
        "handed_now": "Passei a conversa para um colega, que continua por aqui.",
        "handed_soon": "Passei a conversa para os meus colegas. Eles respondem por aqui assim que puderem.",
        "handed_later": "Passei a conversa para os meus colegas. Eles voltam {when} e respondem por aqui.",
        "source": "Saiba mais:",
        "today": "hoje às {time}",
        "tomorrow": "amanhã às {time}",
        "weekday": "{day} às {time}",
    },
    "es": {
        "is_ai": "Soy {name}, el asistente de IA de {company}.",
        "person_any_time": "Puedes pedir hablar con una persona en cualquier momento: escribe “persona”.",
        "yes_ai": "Soy {name}, una IA, no una persona. Respondo a partir de los artículos de ayuda de {company}. ¿Quieres que avise a un compañero? Escribe “agente”.",
        "hello": "¡Hola! ¿En qué puedo ayudarte?",
        "welcome": "¡De nada! ¿Puedo ayudarte en algo más?",
        "goodbye": "¡Que te vaya muy bien!",
        "clarify": "Quiero darte la respuesta correcta: ¿puedes contarme un poco más, por ejemplo de qué producto o pedido se trata?",
        "handed_now": "He pasado la conversación a un compañero, que sigue contigo por aquí.",
        "handed_soon": "He pasado la conversación a mis compañeros. Te responderán por aquí en cuanto puedan.",
        "handed_later": "He pasado la conversación a mis compañeros. Vuelven {when} y te responderán por aquí.",
        "source": "Más información:",
        "today": "hoy a las {time}",
        "tomorrow": "mañana a las {time}",
        "weekday": "el {day} a las {time}",
    },
    "fr": {
        "is_ai": "Je suis {name}, l'assistant IA de {company}.",
        "person_any_time": "Vous pouvez demander une personne à tout moment : écrivez « conseiller ».",
        "yes_ai": "Je suis {name}, une IA, pas une personne. Je réponds à partir des articles d'aide de {company}. Voulez-vous qu'un collègue prenne le relais ? Écrivez « conseiller ».",
        "hello": "Bonjour ! Comment puis-je vous aider ?",
        "welcome": "Avec plaisir ! Puis-je vous aider pour autre chose ?",
        "goodbye": "Bonne continuation !",
        "clarify": "Je veux vous répondre juste : pouvez-vous m'en dire un peu plus, par exemple de quel produit ou de quelle commande il s'agit ?",
        "handed_now": "J'ai transmis la conversation à un collègue, qui continue ici avec vous.",
        "handed_soon": "J'ai transmis la conversation à mes collègues. Ils vous répondront ici dès que possible.",
        "handed_later": "J'ai transmis la conversation à mes collègues. Ils reviennent {when} et vous répondront ici.",
        "source": "En savoir plus :",
        "today": "aujourd'hui à {time}",
        "tomorrow": "demain à {time}",
        "weekday": "{day} à {time}",
    },
}  # fmt: skip

#: The four languages of the product come first; the further ones know what the law and a handover need.
LANGUAGES = (*_WORDS, *FURTHER)


#: How a name stands in the texts: what goes with it where the assistant has none but the company's.
_NAMED = ("{name}, ", "{name}، ", "{name}; ", "、{name}", "{name}という", "{name}，", "{name}")


def say(key: str, language: str, **parts: str) -> str:
    """A text in the language, in English where it has none. `parts` fill its places; an assistant that is called as the company
    goes without a name."""
    found = _WORDS.get(language) or FURTHER.get(language) or {}
    text = found.get(key) or _WORDS["en"][key]
    if "name" in parts and parts["name"] == parts.get("company"):
        for place in _NAMED:
            text = text.replace(place, "", 1)
    return text.format(**parts)
