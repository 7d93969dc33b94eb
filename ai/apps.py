from django.apps import AppConfig


class AiConfig(AppConfig):
    name = "ai"
    label = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from ai.selectors.replies import assistant_of_inbox, is_held_by_ai
        from ai.services.embedding import wake_embedding
        from ai.services.turns import end_handovers, on_message
        from conversations import assistant
        from core.events import subscribe

        subscribe("ai.embedding", {"knowledge.changed"}, wake_embedding)
        subscribe("ai.turns", {"message.created"}, on_message)
        subscribe("ai.handovers", {"conversation.changed"}, end_handovers)
        assistant.register(namer=assistant_of_inbox, holder=is_held_by_ai)
