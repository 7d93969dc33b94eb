from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "core.vault"
    label = "vault"
    verbose_name = "Vault"
