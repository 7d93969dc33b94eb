from django.apps import AppConfig


class ChannelsAppConfig(AppConfig):
    name = "channels_app"
    verbose_name = "Channels"

    def ready(self) -> None:
        from channels_app.services.outbox import queue_delivery
        from conversations import outbound

        outbound.register_courier(queue_delivery)
