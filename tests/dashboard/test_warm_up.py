"""A process renders once before it serves: the first customer's message does not wait for templates and icons."""

from django.template import engines

from core.templatetags.ui import render_icon
from dashboard.live import warm_up


def test_warming_up_needs_no_database_and_leaves_nothing_to_load() -> None:
    # Without the database's mark, any query fails the test.
    environment = engines["fragments"].env  # type: ignore[attr-defined]  # Jinja2's
    environment.cache.clear()
    render_icon.cache_clear()
    warm_up()
    loaded, drawn = set(environment.cache.keys()), render_icon.cache_info().misses
    assert any(name == "dashboard/_messages.html" for _loader, name in loaded)
    warm_up()
    assert set(environment.cache.keys()) == loaded
    assert render_icon.cache_info().misses == drawn
