from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"
    verbose_name = "Dashboard"

    def ready(self) -> None:
        from conversations.live import register_renderer
        from dashboard.live import render_events

        register_renderer(render_events)
