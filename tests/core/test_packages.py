"""A server installs requirements.txt alone, so the product may import nothing beyond it. What runs on one machine only may."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

from chatzee.embedded.folders import REPOSITORY

APPS = ("accounts", "ai", "channels_app", "chatzee", "conversations", "core", "dashboard", "knowledge")


def _name(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _imported(path: Path) -> set[str]:
    """The top-level names a file imports when it runs; what stands under TYPE_CHECKING does not count."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            node.body = []
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_product_imports_only_what_a_server_installs() -> None:
    pinned = {
        _name(match) for match in re.findall(r"^([A-Za-z0-9._-]+)==", (REPOSITORY / "requirements.txt").read_text(), re.MULTILINE)
    }
    distributions = importlib.metadata.packages_distributions()
    missing: dict[str, str] = {}
    files = [path for app in APPS for path in (REPOSITORY / app).rglob("*.py") if not {"embedded", "emulators"} & set(path.parts)]
    assert len(files) > 50
    for path in files:
        for module in _imported(path) - set(sys.stdlib_module_names) - set(APPS):
            if not {_name(name) for name in distributions.get(module, [])} & pinned:
                missing[str(path.relative_to(REPOSITORY))] = module
    assert missing == {}
