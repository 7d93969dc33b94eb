"""The public help centre's addresses under ours; `knowledge.domain_urls` has the same at the root of a company's own domain."""

from django.urls import URLPattern, URLResolver, include, path

from knowledge.views import files
from knowledge.views.addresses import addresses

app_name = "help"

urlpatterns: list[URLPattern | URLResolver] = [
    path("help-domains/check/", files.domain_check, name="domain-check"),
    path("help/<slug:slug>/", include(addresses())),
]
