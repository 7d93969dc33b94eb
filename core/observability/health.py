"""Is this process alive, and can it serve? For supervisors and load balancers."""

from collections.abc import Callable

import structlog
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.tenancy.router import KEYS_APP
from core.valkey import valkey

log = structlog.get_logger(__name__)

_migrated: set[str] = set()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all: restart it when this fails."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503; `parts` says which one does not. Send no traffic when this fails."""
    parts = {name: _state(name, probe) for name, probe in _PROBES.items()}
    is_ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": is_ready, "parts": parts}, status=200 if is_ready else 503)


def _state(name: str, probe: Callable[[], bool]) -> str:
    try:
        return "ok" if probe() else "behind"
    except Exception as error:  # noqa: BLE001  # whatever it is, the part cannot serve; its message may hold addresses
        log.warning("readiness.part_away", part=name, error=type(error).__name__)
        return "away"


def _database(alias: str) -> Callable[[], bool]:
    def probe() -> bool:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
        return True

    return probe


def _migrations(alias: str, app: str = "") -> Callable[[], bool]:
    """Whether every migration this code knows (of one app) was applied. A yes is kept: they are not taken back under us."""

    def probe() -> bool:
        if alias not in _migrated:
            loader = MigrationLoader(connections[alias])
            known = {node for node in loader.graph.nodes if app in ("", node[0])}
            if known - set(loader.applied_migrations or ()):
                return False
            _migrated.add(alias)
        return True

    return probe


def _valkey() -> bool:
    return bool(valkey().ping())


_PROBES: dict[str, Callable[[], bool]] = {
    "database": _database("default"),
    "keys": _database("keys"),
    "valkey": _valkey,
    "migrations": _migrations("default"),
    "keys_migrations": _migrations("keys", KEYS_APP),
}
