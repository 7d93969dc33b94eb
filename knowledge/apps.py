from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        from channels_app.adapters.website.library import register_library
        from knowledge.in_widget import HelpLibrary

        register_library(HelpLibrary())
