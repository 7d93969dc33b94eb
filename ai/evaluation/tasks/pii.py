"""Personal data: what is found of each type, and what is taken out that is none."""

from collections.abc import Iterator, Sequence

from ai.engine import patterns
from ai.engine.placeholders import Masker
from ai.evaluation.datasets import Marked, Span
from ai.evaluation.report import Report

#: Types with a form of their own, by the words in the names that sets give them. Names and streets have none.
_STRUCTURED = (
    "mail", "phone", "tel", "mobile", "card", "iban", "ip", "ssn", "social", "url", "domain", "website", "mac", "passport",
    "tax", "cpf", "cnpj", "dni", "nie", "nif", "nir", "id_number", "national", "crypto", "wallet", "bitcoin", "itin", "fax",
)  # fmt: skip
#: Types whose names hold such a word and that are something else.
_UNSTRUCTURED = (
    "mailing",
    "zip",
    "cvv",
    "card_type",
    "cardholder",
    "provider",
    "issuer",
    "description",
    "street",
    "city",
    "trip",
)


def run(marked: Sequence[Marked]) -> Report:
    """Nothing is fitted. A span counts as found when all of its letters and digits were taken out."""
    found: dict[str, list[bool]] = {}
    taken = false = messages_false = restored = 0
    for one in marked:
        spans = patterns.find(one.text)
        for true in one.spans:
            found.setdefault(true.type, []).append(_is_covered(one.text, true, spans))
        wrong = [span for span in spans if not any(span.start < true.end and true.start < span.end for true in one.spans)]
        taken, false, messages_false = taken + len(spans), false + len(wrong), messages_false + bool(wrong)
        masker = Masker()
        restored += masker.restore(masker.mask(one.text).text) == one.text
    report = Report()
    structured = [hit for kind, hits in found.items() if is_structured(kind) for hit in hits]
    every = [hit for hits in found.values() for hit in hits]
    report.add(
        f"{len(marked):,} texts, {len(every):,} true spans, {taken:,} taken out", texts=len(marked), spans=len(every), taken=taken
    )
    if structured:
        share = sum(structured) / len(structured)
        report.add(
            f"structured: recall {100 * share:.2f} % of {len(structured):,}",
            structured_recall=share,
            structured_spans=len(structured),
        )
    if every:
        report.add(f"all types: recall {100 * sum(every) / len(every):.2f} %", recall=sum(every) / len(every))
    for line in _by_type(found):
        report.add(line)
    words = sum(len(one.text.split()) for one in marked)
    precision = (taken - false) / taken if taken else float("nan")
    shown = f", precision {100 * precision:.2f} %" if taken else ""
    report.add(
        f"false redactions: {false:,} spans in {messages_false:,} texts ({100 * messages_false / max(1, len(marked)):.3f} %, "
        f"{100 * false / max(1, words):.4f} % of words){shown}",
        false_redactions=false,
        false_redaction_share=messages_false / max(1, len(marked)),
        false_redactions_per_word=false / max(1, words),
        precision=precision,
        recall_by_type={kind: sum(hits) / len(hits) for kind, hits in sorted(found.items())},
    )
    report.add(f"restored to the character: {restored:,} of {len(marked):,}", restored_share=restored / max(1, len(marked)))
    return report


def is_structured(kind: str) -> bool:
    """Whether a type's name tells of something with a form, such as ``EMAIL_ADDRESS`` and ``US_SSN``."""
    name = kind.lower().replace("-", "_").replace(" ", "_")
    if any(word in name for word in _UNSTRUCTURED):
        return False
    return any(word in name.split("_") if len(word) < 4 else word in name for word in _STRUCTURED)


def _is_covered(text: str, true: Span, spans: Sequence[patterns.Span]) -> bool:
    return all(
        not text[place].isalnum() or any(span.start <= place < span.end for span in spans)
        for place in range(true.start, true.end)
    )


def _by_type(found: dict[str, list[bool]]) -> Iterator[str]:
    for kind, hits in sorted(found.items()):
        note = "" if is_structured(kind) else " (no form of its own)"
        yield f"  {kind}: {100 * sum(hits) / len(hits):.1f} % of {len(hits):,}{note}"
