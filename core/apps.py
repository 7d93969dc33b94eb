from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Ground floor"

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules

        from core import (
            checks,  # noqa: F401  # registers the system checks
            own_personal_data,  # noqa: F401  # core.personal_data is the registry itself
        )
        from core.observability import celery_signals  # noqa: F401  # connects request ids to tasks

        autodiscover_modules("personal_data")
