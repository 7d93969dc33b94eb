"""Translating by a provider: of answers whose sources are in another language, and of texts for agents."""

import re
from dataclasses import replace

from ai.gate import Opened
from ai.providers import ProviderError
from ai.purposes import Task
from ai.replies.answers import Answer, Said
from ai.replies.outgoing import faults_of
from ai.replies.prompting import plain_request
from ai.services.situations import Situation

_FIGURES = re.compile(r"\d+")


def translated(answer: Answer, opened: Opened, situation: Situation) -> tuple[Answer | None, str]:
    """A sound answer in the customer's language, each sentence with the same figures; else None and what went wrong."""
    said = []
    for one in answer.said:
        request = plain_request(_RULES.format(language=situation.language), one.text, task=Task.TRANSLATE)
        request = replace(request, model_id=situation.supposed.models.get(Task.TRANSLATE))
        try:
            text = opened.complete(request, masker=situation.masker).text.strip()
        except ProviderError as error:
            return None, f"provider_{error.reason}"
        faults = [] if _same_figures(one.text, text) else ["number"]
        # What is promised cannot be compared across languages; the sentence that was translated has been.
        faults += [fault for fault in faults_of(text, answer.sources[one.source].candidate.text) if fault != "promise"]
        said.append(Said(text, one.source, tuple(dict.fromkeys(faults)), one.coverage))
    return replace(answer, said=tuple(said), language=situation.language), ""


def _same_figures(one: str, other: str) -> bool:
    return sorted(_FIGURES.findall(one)) == sorted(_FIGURES.findall(other))


_RULES = (
    'Translate the text into the language "{language}" for a customer. Keep every figure, name, link, condition and negation. '
    "Add nothing and leave nothing out."
)
