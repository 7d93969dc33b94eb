"""Models of intents: learned from little, kept as files, refused when changed."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from ai.engine.embedders import Embedders
from ai.engine.intents import Artefact, ArtefactError, Examples, IntentModel, TrainingError, load, read_examples, store, train
from ai.engine.intents.examples import examples_from_names, is_held_out, readable
from ai.engine.intents.features import SIZE, count, inverse_frequencies, weigh
from ai.engine.intents.gate import best_threshold, untrained
from tests.ai.conftest import LightEmbedders

MESSAGES = {
    "card_arrival": ("When will my card arrive?", "My new card is still not here", "I am waiting for the card you sent"),
    "refund": ("I want my money back", "Please refund this purchase", "How do I get a refund?"),
    "lost_password": ("I forgot my password", "I cannot sign in, reset my password", "How can I change the password?"),
}


@pytest.fixture(scope="module")
def model(embedders: Embedders) -> IntentModel:
    return train(_examples(embedders), embedders)


def _examples(embedders: Embedders | LightEmbedders) -> Examples:
    texts = [text for found in MESSAGES.values() for text in found]
    labels = [label for label, found in MESSAGES.items() for _text in found]
    return read_examples(embedders, texts, labels, ["en"] * len(texts))


def _vectors(embedders: Embedders, text: str) -> dict[str, np.ndarray]:
    return {one.name: one.embed([text]) for one in (embedders.english, embedders.multilingual)}


@pytest.mark.parametrize(
    ("text", "language", "label"),
    [
        ("my card has not come yet", "en", "card_arrival"),
        ("can you give me the money back", "en", "refund"),
        ("Ich habe mein Passwort vergessen", "de", "lost_password"),
        ("Quero o meu dinheiro de volta", "pt", "refund"),
        ("¿Cuándo llega mi tarjeta?", "es", "card_arrival"),
    ],
)
def test_intents_are_known_in_a_language_nobody_taught(
    model: IntentModel, embedders: Embedders, text: str, language: str, label: str
) -> None:
    assert model.route_name(language) == ("english" if language == "en" else "foreign")
    found = model.predict(text, _vectors(embedders, text), language)
    assert found.label == label
    assert 0 < found.runner_up_probability < found.probability < 1
    assert found.runner_up != label


def test_names_of_labels_are_enough_to_begin_with(embedders: Embedders) -> None:
    empty = Examples((), (), (), {})
    model = train(empty, embedders, labels=["card arrival", "refund", "forgotten password"])
    found = model.predict("I cannot remember my password", _vectors(embedders, "I cannot remember my password"), "en")
    assert found.label == "forgotten password"


def test_a_model_comes_back_from_its_file_as_it_was(model: IntentModel, embedders: Embedders) -> None:
    known = {one.name: one for one in (embedders.english, embedders.multilingual)}
    back = load(store(model, notes={"parent": None}), known)
    for text in ("my card has not come yet", "refund please"):
        vectors = _vectors(embedders, text)
        first, second = model.predict(text, vectors, "en"), back.predict(text, vectors, "en")
        assert (first.label, first.runner_up) == (second.label, second.runner_up)
        assert second.probability == pytest.approx(first.probability, abs=0.01)


def test_a_file_holds_no_word_of_a_customer(model: IntentModel) -> None:
    artefact = store(model, notes={})
    assert b"password?" not in artefact.arrays
    assert "forgot" not in artefact.manifest


def test_a_changed_file_is_refused(model: IntentModel, embedders: Embedders) -> None:
    known = {one.name: one for one in (embedders.english, embedders.multilingual)}
    artefact = store(model, notes={})
    changed = bytearray(artefact.arrays)
    changed[len(changed) // 2] ^= 1
    for arrays in (bytes(changed), artefact.arrays[:-10], b""):
        with pytest.raises(ArtefactError, match="not the ones its manifest was written for"):
            load(replace(artefact, arrays=arrays), known)


@pytest.mark.parametrize("manifest", ["{}", "[]", "null", "no json", '{"format": 1}'])
def test_a_damaged_manifest_is_refused(model: IntentModel, manifest: str) -> None:
    with pytest.raises(ArtefactError):
        load(replace(store(model, notes={}), manifest=manifest), {})


def test_a_manifest_that_does_not_fit_its_arrays_is_refused(model: IntentModel, embedders: Embedders) -> None:
    known = {one.name: one for one in (embedders.english, embedders.multilingual)}
    artefact = store(model, notes={})
    for name, value in {"labels": ["one", "two"], "routes": {}, "heads": []}.items():
        manifest = json.loads(artefact.manifest) | {name: value}
        with pytest.raises(ArtefactError, match="damaged"):
            load(replace(artefact, manifest=json.dumps(manifest)), known)


def test_a_model_for_other_vectors_is_refused(model: IntentModel, embedders: Embedders) -> None:
    with pytest.raises(ArtefactError, match="trained on vectors of minilm-l6-int8, which is not here"):
        load(store(model, notes={}), {embedders.multilingual.name: embedders.multilingual})


def test_arrays_that_would_run_code_are_refused(model: IntentModel, embedders: Embedders) -> None:
    import hashlib

    known = {one.name: one for one in (embedders.english, embedders.multilingual)}
    buffer = io.BytesIO()
    np.savez(buffer, idf=np.array([print], dtype=object))
    manifest = json.loads(store(model, notes={}).manifest) | {"sha256": hashlib.sha256(buffer.getvalue()).hexdigest()}
    with pytest.raises(ArtefactError, match="damaged"):
        load(Artefact(json.dumps(manifest), buffer.getvalue()), known)


def test_training_needs_two_labels(light: LightEmbedders) -> None:
    one = read_examples(light, ["a text"], ["only"], ["en"])
    with pytest.raises(TrainingError, match="1 given, 2 are the fewest"):
        train(one, light)
    with pytest.raises(TrainingError, match="fewer than 2 of them"):
        train(Examples((), (), (), {}), light, labels=["1", "2"])


def test_a_gate_learned_from_hidden_labels_keeps_strange_messages_out(light: LightEmbedders) -> None:
    topics = ["card", "refund", "invoice", "delivery", "address", "coupon", "battery", "screen", "warranty", "engine", "garden"]
    texts = [f"question {n} about my {topic} and the {topic} number {n * 7}" for topic in topics for n in range(40)]
    labels = [topic for topic in topics for _number in range(40)]
    model = train(read_examples(light, texts, labels, ["en"] * len(texts)), light)
    gate = model.routes["english"].gate
    assert gate.weights.tolist() != untrained().weights.tolist()
    known, odd = "my refund and the refund number 14", "xyzzy plugh frobnicate"
    vectors = {light.english.name: light.english.embed([known, odd])}
    chances = [
        model.predict(text, {name: found[row : row + 1] for name, found in vectors.items()}, "en").in_scope_chance
        for row, text in enumerate((known, odd))
    ]
    assert chances[0] > gate.threshold > chances[1]


def test_the_threshold_answers_most_right_and_keeps_most_out() -> None:
    inside, outside = np.array([0.9, 0.8, 0.4], dtype=np.float32), np.array([0.1, 0.5], dtype=np.float32)
    bound = best_threshold(inside, np.array([True, True, False]), outside)
    assert bound == pytest.approx(0.8)


def test_names_that_say_nothing_are_no_examples(light: LightEmbedders) -> None:
    assert [readable(label) for label in ("card_arrival", "CardArrival", "label_7", "7", "class 2", "Rückgabe")] == [
        "card arrival", "Card Arrival", "", "", "", "Rückgabe",
    ]  # fmt: skip
    assert examples_from_names(light, ["7", "refund"], language="en", has_english=True).labels == ("refund",)


def test_a_set_of_many_languages_is_trained_in_each(light: LightEmbedders) -> None:
    codes = [f"l{number}" for number in range(40)] + ["en"]
    texts = [f"{code} {word} {number}" for code in codes for word in ("good", "bad") for number in range(15)]
    labels = [word for _code in codes for word in ("good", "bad") for _number in range(15)]
    languages = [code for code in codes for _text in range(30)]
    examples = Examples(tuple(texts), tuple(labels), tuple(languages), {light.english.name: light.english.embed(texts)})
    model = train(examples, light, is_balanced=True)
    assert len(model.languages) == 41
    assert model.route_name("l7") == "trained"
    found = model.predict("l7 bad 99", {light.english.name: light.english.embed(["l7 bad 99"])}, "l7")
    assert found.label == "bad"


def test_near_doubles_fall_on_the_same_side() -> None:
    assert all(is_held_out(f"{n} where is my order") == is_held_out(f"my order: where is {n}?") for n in range(50))
    assert 10 < sum(is_held_out(f"message number {n}") for n in range(100)) < 32


def test_features_are_hashed_and_scaled() -> None:
    idf = inverse_frequencies([count("one card"), count("two cards")])
    row = weigh(count("one card"), idf)
    assert row.positions.max() < SIZE
    # Two blocks of length 1.
    assert float((row.values**2).sum()) == pytest.approx(2, abs=1e-5)
    assert len(weigh(count(""), idf).positions) == 0
