"""A model as a file: arrays in npz (weights as float16) beside a JSON manifest. Nothing in it is ever executed.

The manifest names the embedders by their files' hashes and holds the hash of the arrays, so a model is refused when it
was changed, cut short, or trained on vectors of another model.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders.base import Embedder
from ai.engine.intents import features
from ai.engine.intents.gate import FEATURES, Gate
from ai.engine.intents.linear import Linear
from ai.engine.intents.model import Head, IntentModel, Route

_FORMAT = 1
#: Sizes that no honest model reaches: 500 labels with two heads are below 60 MB.
_LARGEST = 200 * 1024 * 1024


class ArtefactError(Exception):
    """A stored model cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """``manifest`` is JSON for people and checks, ``arrays`` the npz file's bytes."""

    manifest: str
    arrays: bytes


def store(model: IntentModel, *, notes: Mapping[str, Any]) -> Artefact:
    """``notes`` go into the manifest as they are: hash of the data, figures, parent. They must be JSON."""
    arrays: dict[str, NDArray[Any]] = {"idf": model.idf, "svm.weights": model.svm.weights, "svm.bias": model.svm.bias}
    for number, head in enumerate(model.heads.values()):
        arrays |= {
            f"head{number}.weights": head.linear.weights,
            f"head{number}.bias": head.linear.bias,
            f"head{number}.examples": head.examples,
        }
    packed = pack_arrays({name: found.astype(np.float16) for name, found in arrays.items()})
    manifest = {
        "format": _FORMAT,
        "features": features.SIZE,
        "labels": model.labels,
        "languages": model.languages,
        "heads": [{"embedder": head.embedder, "sha256": head.sha256} for head in model.heads.values()],
        "routes": {name: _route_as_json(route) for name, route in model.routes.items()},
        "sha256": digest_of(packed),
        "notes": dict(notes),
    }
    return Artefact(json.dumps(manifest, ensure_ascii=False, sort_keys=True), packed)


def load(artefact: Artefact, embedders: Mapping[str, Embedder]) -> IntentModel:
    """The model, ready to predict. ``embedders``: those of this process by name.

    Raises :class:`ArtefactError` for anything but what :func:`store` has written for these very embedders.
    """
    try:
        manifest = json.loads(artefact.manifest)
        _check(manifest, artefact.arrays, embedders)
        arrays = {name: found.astype(np.float32) for name, found in unpack_arrays(artefact.arrays).items()}
        model = _build(manifest, arrays)
        _check_shapes(model, embedders)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, zipfile.BadZipFile) as error:
        raise ArtefactError(f"The stored model is damaged: {type(error).__name__}.") from error
    return model


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as the bytes of an npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """What `pack_arrays` wrote. Raises :class:`ArtefactError` for more than a model can have, other errors for damage."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
            raise ArtefactError("The stored model unpacks to more than a model can have.")
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def digest_of(arrays: bytes) -> str:
    """The hash by which a manifest names its arrays."""
    return hashlib.sha256(arrays).hexdigest()


def _check(manifest: Mapping[str, Any], arrays: bytes, embedders: Mapping[str, Embedder]) -> None:
    if manifest["format"] != _FORMAT or manifest["features"] != features.SIZE:
        raise ArtefactError(f"The stored model has format {manifest['format']}, this version reads {_FORMAT}. Train it again.")
    if len(arrays) > _LARGEST:
        raise ArtefactError(f"The stored model has {len(arrays)} bytes, more than a model can have.")
    if digest_of(arrays) != manifest["sha256"]:
        raise ArtefactError("The stored model's arrays are not the ones its manifest was written for.")
    for head in manifest["heads"]:
        embedder = embedders.get(head["embedder"])
        if embedder is None or embedder.sha256 != head["sha256"]:
            raise ArtefactError(
                f"The stored model was trained on vectors of {head['embedder']}, which is not here. Train it again."
            )


def _build(manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float32]]) -> IntentModel:
    heads = {}
    for number, head in enumerate(manifest["heads"]):
        linear = Linear(arrays[f"head{number}.weights"], arrays[f"head{number}.bias"])
        heads[head["embedder"]] = Head(head["embedder"], head["sha256"], linear, arrays[f"head{number}.examples"])
    return IntentModel(
        labels=tuple(manifest["labels"]),
        languages=tuple(manifest["languages"]),
        heads=heads,
        idf=arrays["idf"],
        svm=Linear(arrays["svm.weights"], arrays["svm.bias"]),
        routes={name: _route_from_json(route) for name, route in manifest["routes"].items()},
    )


def _check_shapes(model: IntentModel, embedders: Mapping[str, Embedder]) -> None:
    labels = len(model.labels)
    fits = [
        labels >= 2,
        model.idf.shape == (features.SIZE,),
        _has_shape(model.svm, features.SIZE, labels),
        "foreign" in model.routes,
    ]
    for name, head in model.heads.items():
        size = embedders[name].size
        fits += [
            _has_shape(head.linear, size, labels),
            head.examples.ndim == 2,
            head.examples.shape[1:] == (size,),
            len(head.examples) > 0,
        ]
    fits += [bool(route.shares) and set(route.shares) <= set(model.heads) for route in model.routes.values()]
    fits += [
        gate.means.shape == gate.scales.shape == gate.weights.shape == (len(FEATURES),)
        for gate in (r.gate for r in model.routes.values())
    ]
    if not all(fits):
        raise ValueError("shapes")


def _has_shape(linear: Linear, size: int, labels: int) -> bool:
    return linear.weights.shape == (size, labels) and linear.bias.shape == (labels,)


def _route_as_json(route: Route) -> dict[str, Any]:
    gate = route.gate
    return {
        "shares": [[name, share] for name, share in route.shares.items()],
        "svm_weight": route.svm_weight,
        "gate": {
            "means": gate.means.tolist(),
            "scales": gate.scales.tolist(),
            "weights": gate.weights.tolist(),
            "bias": gate.bias,
            "threshold": gate.threshold,
        },
    }


def _route_from_json(found: Mapping[str, Any]) -> Route:
    gate = found["gate"]
    means, scales, weights = (np.array(gate[name], dtype=np.float32) for name in ("means", "scales", "weights"))
    return Route(
        {str(name): float(share) for name, share in found["shares"]},
        float(found["svm_weight"]),
        Gate(means, scales, weights, float(gate["bias"]), float(gate["threshold"])),
    )
