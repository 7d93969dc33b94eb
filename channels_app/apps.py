from django.apps import AppConfig


class ChannelsAppConfig(AppConfig):
    name = "channels_app"
    verbose_name = "Channels"

    def ready(self) -> None:
        from channels_app import queue_metrics  # noqa: F401  # registers its collector
        from channels_app.registry import all_adapters
        from channels_app.services import (
            continuing,  # noqa: F401  # registers its kind of mail
            rules,
        )
        from channels_app.services.acting import tell_read, tell_typing
        from channels_app.services.outbox import queue_delivery
        from conversations import outbound
        from core.signs import register_sign

        outbound.register_courier(queue_delivery)
        outbound.register_check(rules.check)
        outbound.register_typist(tell_typing)
        outbound.register_reader(tell_read)
        for adapter in all_adapters().values():
            register_sign(adapter.slug, adapter.icon)
