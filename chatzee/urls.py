"""Where each address leads."""

from django.contrib import admin
from django.urls import include, path

from channels_app.registry import parts_of_channels
from core.observability import health, metrics

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("operations/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("dashboard.urls")),
    *(path("", include(urls)) for urls in parts_of_channels("urls")),
]
