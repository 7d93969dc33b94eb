"""Look-up values: equal where they should be, and only there."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from core.tenancy import ScopeError, scope
from core.vault.blind import blind_index, canonical_email, canonical_phone, canonical_text, search_tokens


def test_index_is_stable_and_bound_to_namespace_and_workspace(workspace_id: UUID, other_workspace_id: UUID) -> None:
    first = blind_index("contact.email", "a@b.c", workspace_id=workspace_id)
    assert first == blind_index("contact.email", "a@b.c", workspace_id=workspace_id)
    assert len(first) == 16
    others = {
        blind_index("contact.phone", "a@b.c", workspace_id=workspace_id),
        blind_index("contact.email", "a@b.d", workspace_id=workspace_id),
        blind_index("contact.email", "a@b.c", workspace_id=other_workspace_id),
    }
    assert len(others | {first}) == 4


def test_index_uses_the_workspace_in_scope(workspace_id: UUID) -> None:
    with scope(workspace_id):
        assert blind_index("n", "v") == blind_index("n", "v", workspace_id=workspace_id)
    with pytest.raises(ScopeError):
        blind_index("n", "v")


def test_tokens_are_signed_64_bit_in_order_and_differ_between_workspaces(workspace_id: UUID, other_workspace_id: UUID) -> None:
    words = [f"word{n}" for n in range(500)]
    tokens = search_tokens(words, workspace_id=workspace_id)
    assert search_tokens(reversed(words), workspace_id=workspace_id) == tokens[::-1]
    assert all(-(2**63) <= token < 2**63 for token in tokens)
    assert min(tokens) < 0 < max(tokens)
    assert len(set(tokens) | set(search_tokens(words, workspace_id=other_workspace_id))) == 1000


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ("Ana@Example.COM", "ana@example.com"),
        ("  ana@example.com\n", "ana@example.com"),
        ("ana.souza+loja@example.com", "ana.souza+loja@example.com"),
        ("STRASSE@example.com", "strasse@example.com"),
        ("straße@example.com", "strasse@example.com"),
        ("a@EXÄMPLE.com", "a@xn--exmple-cua.com"),
        ("a@xn--exmple-cua.com", "a@xn--exmple-cua.com"),
        ("a@example.com.", "a@example.com"),
        ("ana\u0301@example.com", "aná@example.com"),
        ('"a b"@example.com', '"a b"@example.com'),
        ("a@例え.jp", "a@xn--r8jz45g.jp"),
    ],
)
def test_email_is_made_canonical(value: str, canonical: str) -> None:
    assert canonical_email(value) == canonical


@pytest.mark.parametrize("value", ["", "ana", "@example.com", "ana@", "a@exa mple.com", "a@-.com"])
def test_what_is_no_email_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        canonical_email(value)


@pytest.mark.parametrize(
    ("value", "region", "canonical"),
    [
        ("+351 912 345 678", None, "+351912345678"),
        ("912 345 678", "PT", "+351912345678"),
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("+1 (415) 555-2671", "PT", "+14155552671"),
        ("00351912345678", "FR", "+351912345678"),
    ],
)
def test_phone_is_made_canonical(value: str, region: str | None, canonical: str) -> None:
    assert canonical_phone(value, region=region) == canonical


@pytest.mark.parametrize(("value", "region"), [("912345678", None), ("abc", "PT"), ("", "PT"), ("+351 1", None)])
def test_what_is_no_phone_is_refused(value: str, region: str | None) -> None:
    with pytest.raises(ValueError, match="not a telephone number"):
        canonical_phone(value, region=region)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_canonical_text_is_its_own_canonical_form(value: str) -> None:
    assert canonical_text(canonical_text(value)) == canonical_text(value)


def test_canonical_text_joins_what_looks_the_same() -> None:
    assert canonical_text("  Ｈéllo\u00a0 WORLD ") == canonical_text("héllo world") == "héllo world"
