"""May a suggested answer be shown, may it go out by itself: a small gate that starts as the evidence gate and learns from people.

A logistic regression whose prior is the default gate: its offset is the log odds of the default's chance, every other weight
begins at nothing and is drawn back to it (a Gaussian prior, so what few decisions say counts for little). Intents, languages
and sources have an effect each, drawn back likewise: an article whose answers people reject is trusted less, by degrees.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.intents.artefact import Artefact, ArtefactError, digest_of, pack_arrays, unpack_arrays

#: Numbers that are looked at, each with its middle and what counts as one step; fixed, so that the prior means the same to all.
_NUMBERS = {
    "words": (8.0, 6.0),
    "sentences": (2.0, 1.0),
    "lead": (0.3, 0.3),
    "intent_chance": (0.5, 0.5),
    "is_generated": (0.0, 1.0),
}
#: What has an effect of its own for each of its values.
_GROUPS = ("intent", "language", "document")
#: How far a weight may be from the default before the decisions have to say so loudly (standard deviations of the prior).
_BASE, _SLOPE, _NUMBER, _GROUP = 1.5, 0.5, 0.5, 1.0
_STEPS, _NEAR_ENOUGH = 50, 1e-8
_FORMAT = "trust-1"

#: A shown suggestion that is not used costs a glance, a third of what a used one saves in writing: worth showing from here on.
SHOWN_FROM = 0.25
#: Below this chance nothing goes out by itself, whatever the rules say.
SENT_FROM = 0.5

type Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trust:
    """What the gate makes of an answer. `chance` (0 to 1): that people would use it."""

    chance: float
    is_shown: bool
    is_sent: bool


@dataclass(frozen=True, slots=True)
class TrustGate:
    """Weights by name (`base`, `slope`, numbers, `group:value`). `alone`: the chance from which an answer that has evidence goes
    out without a known intent; None where the decisions do not tell, and the rules' own bound stays."""

    weights: Mapping[str, float]
    alone: float | None

    def chance(self, facts: Facts) -> float:
        """That people would use the answer, from 0 to 1."""
        logit = _log_odds(facts) + sum(self.weights.get(name, 0.0) * value for name, value in _row(facts).items())
        return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))

    def judge(self, facts: Facts) -> Trust:
        """Show it, send it. Nothing goes out that the rules alone would not even answer."""
        chance = self.chance(facts)
        is_enough = bool(facts.get("is_enough")) if self.alone is None else chance >= self.alone
        may = bool(facts.get("is_answerable")) and (bool(facts.get("is_known")) or is_enough)
        return Trust(chance, is_shown=chance >= SHOWN_FROM, is_sent=may and chance >= SENT_FROM)


def default_trust(facts: Facts) -> Trust:
    """What the rules do before anything was learned: show everything that they suggest, send what is known or has evidence."""
    may = bool(facts.get("is_answerable")) and (bool(facts.get("is_known")) or bool(facts.get("is_enough")))
    return Trust(float(facts.get("evidence", 0.0)), is_shown=True, is_sent=may)


def fit(rows: Sequence[Facts], is_used: Sequence[bool], *, alone: float | None = None) -> TrustGate:
    """The most likely gate, given the prior and what people did (Newton's method; exact to a hair)."""
    spread = [_row(one) for one in rows]
    names = sorted({name for row in spread for name in row})
    x = np.array([[row.get(name, 0.0) for name in names] for row in spread], dtype=np.float64).reshape(len(rows), len(names))
    offset, y = np.array([_log_odds(one) for one in rows]), np.array(is_used, dtype=np.float64)
    precision = np.array([1 / _deviation(name) ** 2 for name in names])
    weights = np.zeros(len(names))
    for _step in range(_STEPS):
        chances = 1 / (1 + np.exp(-np.clip(offset + x @ weights, -30, 30)))
        gradient = x.T @ (y - chances) - precision * weights
        curvature = (x * (chances * (1 - chances))[:, None]).T @ x + np.diag(precision)
        change = np.linalg.solve(curvature, gradient)
        weights = weights + change
        if float(np.abs(change).max(initial=0.0)) < _NEAR_ENOUGH:
            break
    return TrustGate(dict(zip(names, map(float, weights), strict=True)), alone)


def store(gate: TrustGate, *, notes: Mapping[str, Any]) -> Artefact:
    """The gate as a file: its weights as an array beside a manifest, like every other model."""
    names = sorted(gate.weights)
    arrays = pack_arrays({"weights": np.array([gate.weights[name] for name in names], dtype=np.float64)})
    manifest = {"format": _FORMAT, "names": names, "alone": gate.alone, "sha256": digest_of(arrays), "notes": dict(notes)}
    return Artefact(json.dumps(manifest, ensure_ascii=False, sort_keys=True), arrays)


def load(artefact: Artefact) -> TrustGate:
    """Raises :class:`ArtefactError` for anything but what :func:`store` has written."""
    try:
        manifest = json.loads(artefact.manifest)
        if manifest["format"] != _FORMAT or digest_of(artefact.arrays) != manifest["sha256"]:
            raise ArtefactError("The stored gate is not the one its manifest was written for. Train it again.")
        weights: NDArray[Any] = unpack_arrays(artefact.arrays)["weights"]
        named = dict(zip(map(str, manifest["names"]), map(float, weights), strict=True))
        alone = manifest["alone"]
        gate = TrustGate(named, None if alone is None else float(alone))
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise ArtefactError(f"The stored gate is damaged: {type(error).__name__}.") from error
    if not np.isfinite([*gate.weights.values(), gate.alone or 0.0]).all():
        raise ArtefactError("The stored gate is damaged: a weight is no number.")
    return gate


def _log_odds(facts: Facts) -> float:
    chance = min(max(float(facts.get("evidence", 0.0)), 0.01), 0.99)
    return float(np.log(chance / (1 - chance)))


def _row(facts: Facts) -> dict[str, float]:
    found = {"base": 1.0, "slope": _log_odds(facts)}
    for name, (middle, step) in _NUMBERS.items():
        found[name] = float(np.clip((float(facts.get(name, middle)) - middle) / step, -3, 3))
    for group in _GROUPS:
        if facts.get(group):
            found[f"{group}:{facts[group]}"] = 1.0
    return found


def _deviation(name: str) -> float:
    if name in {"base", "slope"}:
        return _BASE if name == "base" else _SLOPE
    return _GROUP if ":" in name else _NUMBER
