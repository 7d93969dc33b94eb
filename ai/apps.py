from django.apps import AppConfig


class AiConfig(AppConfig):
    name = "ai"
    label = "ai"
    verbose_name = "AI"

    def ready(self) -> None:
        from ai.selectors.replies import assistant_of_inbox, is_held_by_ai
        from ai.services import incoming, learning, resolving
        from ai.services.embedding import wake_embedding
        from ai.services.keeping import MeasuringKeeper
        from conversations import assistant
        from core.events import one_by_one, subscribe
        from knowledge import releases

        subscribe("ai.embedding", {"knowledge.changed"}, one_by_one(wake_embedding))
        subscribe("ai.turns", {"message.created"}, incoming.on_messages)
        subscribe("ai.handovers", {"conversation.changed"}, incoming.on_changes)
        subscribe("ai.resolutions.answers", {"ai.proposal"}, one_by_one(resolving.on_proposal))
        subscribe("ai.resolutions.handovers", {"ai.handed_over"}, resolving.on_handovers)
        subscribe("ai.resolutions.messages", {"message.created"}, resolving.on_messages)
        subscribe("ai.lessons.changes", {"conversation.changed"}, one_by_one(learning.on_changed))
        subscribe("ai.lessons.handovers", {"ai.handed_over"}, one_by_one(learning.on_handover))
        subscribe("ai.lessons.consents", {"contact.learning_consent"}, one_by_one(learning.on_consent))
        assistant.register(namer=assistant_of_inbox, holder=is_held_by_ai)
        releases.register(MeasuringKeeper())
