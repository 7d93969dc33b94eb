"""Which intent (or topic, or priority: any set of labels) a message has, and whether it has any of them."""

from ai.engine.intents.artefact import Artefact, ArtefactError, load, store
from ai.engine.intents.examples import Examples, examples_from_names, read_examples
from ai.engine.intents.fitting import TrainingError
from ai.engine.intents.model import IntentModel, Prediction
from ai.engine.intents.training import train

__all__ = [
    "Artefact",
    "ArtefactError",
    "Examples",
    "IntentModel",
    "Prediction",
    "TrainingError",
    "examples_from_names",
    "load",
    "read_examples",
    "store",
    "train",
]
