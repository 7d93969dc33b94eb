"""Where each address leads."""

from django.contrib import admin
from django.urls import path

from core.observability import health, metrics

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("operations/", admin.site.urls),
]
