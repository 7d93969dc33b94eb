"""What the vault's own table holds: key material, and no word about whose it is."""

from core.personal_data import Category, Erase, Retention, Subject, declare, fields
from core.vault.models import VaultKey

declare(
    VaultKey,
    subject=Subject.WORKSPACE,
    purpose="Unlock what is encrypted; prove what was destroyed.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("wrapped", Category.SECRET, export=False, erase=Erase.CLEAR),
        **fields(
            "id workspace_id kind generation wrapped_by root created_at retired_at destroyed_at",
            Category.TECHNICAL,
            export=False,
            erase=Erase.KEEP,
        ),
    },
)
