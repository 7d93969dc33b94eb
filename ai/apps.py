from django.apps import AppConfig


class AiConfig(AppConfig):
    name = "ai"
    label = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from ai.selectors.replies import assistant_of_inbox, is_held_by_ai
        from ai.services import learning, resolving
        from ai.services.embedding import wake_embedding
        from ai.services.submitting import MeasuringKeeper
        from ai.services.turns import end_handovers, on_message
        from conversations import assistant
        from core.events import subscribe
        from knowledge import releases

        subscribe("ai.embedding", {"knowledge.changed"}, wake_embedding)
        subscribe("ai.turns", {"message.created"}, on_message)
        subscribe("ai.handovers", {"conversation.changed"}, end_handovers)
        subscribe("ai.resolutions.answers", {"ai.proposal"}, resolving.on_proposal)
        subscribe("ai.resolutions.handovers", {"ai.handed_over"}, resolving.on_handover)
        subscribe("ai.resolutions.messages", {"message.created"}, resolving.on_message)
        subscribe("ai.lessons.changes", {"conversation.changed"}, learning.on_changed)
        subscribe("ai.lessons.handovers", {"ai.handed_over"}, learning.on_handover)
        assistant.register(namer=assistant_of_inbox, holder=is_held_by_ai)
        releases.register(MeasuringKeeper())
