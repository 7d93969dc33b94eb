"""Every field of every model says what it holds."""

import pytest

from conversations.models import Label
from core.personal_data import Category, Erase, Retention, Subject, declarations, declare, fields, technical, undeclared
from core.vault.encrypted_field import EncryptedField
from core.vault.fields import BlindIndexField


def test_every_field_is_declared() -> None:
    assert undeclared() == []


def test_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="has no field nickname"):
        declare(
            Label,
            subject=Subject.NONE,
            purpose="",
            retention=Retention.ACCOUNT,
            fields=technical("id nickname"),
        )


def test_content_and_identifiers_of_contacts_are_encrypted_or_keyed() -> None:
    """What a contact wrote or is called may stand in the clear in no column."""
    clear = []
    for model, declaration in declarations().items():
        for name, declared in declaration.fields.items():
            is_personal = declared.category in (Category.CONTENT, Category.IDENTIFIER)
            if declaration.subject == Subject.CONTACT and is_personal and declared.erase != Erase.ROW:
                field = model._meta.get_field(name)
                if not isinstance(field, EncryptedField | BlindIndexField):
                    clear.append(f"{model._meta.label}.{name}")
    assert clear == []


def test_fields_share_one_declaration() -> None:
    declared = fields("a b", Category.PROFILE)
    assert declared["a"] == declared["b"]
