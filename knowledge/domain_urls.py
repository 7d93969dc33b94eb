"""The help centre at the root of a company's own domain. Nothing else of the product answers there."""

from django.urls import URLPattern, URLResolver

from knowledge.views.addresses import addresses

urlpatterns: list[URLPattern | URLResolver] = addresses(is_own_domain=True)
