"""A model of moods, taught once."""

import pytest

from ai.engine.embedders import Embedders
from ai.engine.mood_model import MoodEmbedders
from ai.engine.settled import MOODS
from ai.learning.training import Trained, learn_order
from tests.ai.learning.taught import moods


@pytest.fixture(scope="session")
def taught_moods(embedders: Embedders) -> Trained:
    """Portuguese moods out of lessons of which one in twenty is a slip."""
    return learn_order(
        moods(wrong=0.05), MoodEmbedders(embedders), order=MOODS, champion=None, protected=["negative"], notes={"parent": None}
    )
