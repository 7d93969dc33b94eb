from django.apps import AppConfig


class AiConfig(AppConfig):
    name = "ai"
    label = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from ai.services.embedding import wake_embedding
        from core.events import subscribe

        subscribe("ai.embedding", {"knowledge.changed"}, wake_embedding)
