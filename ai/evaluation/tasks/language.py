"""Languages of texts, told apart among those of the set and among all that the engine knows."""

from django.conf.locale import LANG_INFO

from ai.engine.language import DEFAULT_LANGUAGES, detect, known_languages, normalise_code
from ai.evaluation import measures
from ai.evaluation.datasets import Labelled
from ai.evaluation.files import DatasetError
from ai.evaluation.parts import shown
from ai.evaluation.report import Report

#: Languages by their English name and by their own.
_BY_NAME = {
    info[name].casefold(): info["code"].split("-")[0]
    for _code, info in sorted(LANG_INFO.items(), reverse=True)
    for name in ("name", "name_local")
    if name in info
} | {"chinese": "zh", "tagalog": "tl", "filipino": "tl", "farsi": "fa"}


def run(test: Labelled, training: Labelled | None = None) -> Report:
    """Nothing is fitted. To choose from are the training file's languages, else the test file's: a workspace names its own."""
    truth = [code_of(label) for label in test.labels]
    expected = {code_of(label) for label in training.labels} if training else set(truth)
    unknown = sorted(set(truth) - known_languages())
    if len(unknown) == len(set(truth)):
        raise DatasetError(
            f"No label is a language's code or name (found: {shown(unknown)}). Use ISO 639 codes such as en, pt, es."
        )
    found = [detect(text, among=expected).code for text in test.texts]
    right = measures.bootstrap([one == other for one, other in zip(truth, found, strict=True)])
    recalls = measures.recalls(truth, found)
    worst = min(recalls, key=lambda code: recalls[code])
    report = Report()
    report.add(
        f"{len(test):,} texts, {len(expected)} languages to choose from: accuracy {right.as_percent()}, "
        f"worst {worst} {100 * recalls[worst]:.1f} %",
        test=len(test),
        languages=len(expected),
        accuracy=right.mean,
        accuracy_low=right.low,
        accuracy_high=right.high,
        macro_recall=measures.macro_recall(truth, found),
        recall_by_language=recalls,
    )
    if unknown:
        report.add(f"languages the engine cannot tell: {', '.join(unknown)}", unknown_languages=unknown)
    every = [detect(text, among=DEFAULT_LANGUAGES | expected).code for text in test.texts]
    share = measures.accuracy(truth, every)
    report.add(f"among all {len(DEFAULT_LANGUAGES | expected)} languages: accuracy {100 * share:.2f} %", accuracy_among_all=share)
    return report


def code_of(label: str) -> str:
    """The two-letter code that a label means: ``pt-BR``, ``por``, ``Portuguese`` or ``Português``."""
    return normalise_code(_BY_NAME.get(label.strip().casefold(), label))
