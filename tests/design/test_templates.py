"""Templates that must never fail: the error pages, and every icon that any template names."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.test import override_settings

from core.templatetags import ui

ROOT = Path(__file__).parents[2]
TEMPLATES = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "fragments").rglob("*.html")]
ERRORS = ("400", "403", "403_csrf", "404", "429", "500")


@pytest.mark.parametrize("name", ERRORS)
def test_error_page_needs_nothing_and_leads_on(name: str) -> None:
    page = engines["django"].get_template(f"{name}.html").render({})
    assert f'<p class="error-code">{name}' in page
    assert re.search(r'<a class="btn btn-primary" href="/">', page)


def test_every_icon_that_a_template_names_exists() -> None:
    named = {
        (file.relative_to(ROOT).as_posix(), name)
        for file in TEMPLATES
        for name in re.findall(r'(?:\{% icon |\bicon\()"([^"]+)"', file.read_text())
    }
    assert len(named) > 30
    for _file, name in sorted(named):
        assert "<svg" in ui.icon(name)


def test_no_template_has_inline_script_or_style() -> None:
    """Data for search engines is no script: no browser runs it, and no policy speaks of it."""
    inline = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/ld\+json\"))[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:")
    markup = {file.name: re.sub(r"\{%.*?%\}", "", file.read_text()) for file in TEMPLATES}
    assert {name: inline.findall(text) for name, text in markup.items() if inline.search(text)} == {}


def test_label_of_an_icon_is_escaped_and_read() -> None:
    assert ui.icon("lock") == ui.icon("lock", 16, "")
    assert 'aria-hidden="true"' in ui.icon("lock")
    labelled = ui.icon("lock", 16, '"><script>')
    assert "<script>" not in labelled
    assert 'role="img"' in labelled


def test_avatar_escapes_a_name_and_tells_the_channel() -> None:
    shown = ui.avatar("<b> X", channel="website", channel_label="Website chat", presence="online")
    assert "<b>" not in shown
    assert '<span class="visually-hidden">Website chat</span>' in shown
    assert 'data-presence="online"' in shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana María Ruiz", "AR"),
        ("Björk", "B"),
        ("", "?"),
        ("🎉", "?"),
        ("+351 912", "9"),
        ("李 小龙", "李小"),
        ("jo@x.example", "JX"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_field_points_at_its_help_and_its_error() -> None:
    from dashboard.styleguide import SampleForm

    with override_settings(USE_I18N=False):
        form = SampleForm({"email": "ana@"})
        field = engines["django"].get_template("components/field.html").render({"field": form["email"]})
    assert 'aria-invalid="true"' in field
    assert re.search(r'aria-describedby="[^"]*id_email_helptext[^"]*"', field)
    assert 'id="id_email_helptext"' in field
    assert 'id="id_email_error"' in field
