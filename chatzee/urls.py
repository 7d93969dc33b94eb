"""Where each address leads."""

from django.contrib import admin
from django.urls import include, path

from channels_app.registry import parts_of_channels
from chatzee.env import env
from core.observability import health, metrics
from dashboard.styleguide import styleguide

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("operations/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("dashboard.urls")),
    path("", include("channels_app.urls")),
    path("", include("knowledge.urls")),
    *(path("", include(urls)) for urls in parts_of_channels("urls")),
]

handler403 = "dashboard.views.errors.not_allowed"
handler404 = "dashboard.views.errors.not_found"

if not env.is_production:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
