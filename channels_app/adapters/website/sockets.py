"""The widget's socket on the edge."""

from django.urls import path

from channels_app.adapters.website.consumer import WidgetConsumer

routes = [path("ws/widget/<str:key>/", WidgetConsumer.as_asgi())]
