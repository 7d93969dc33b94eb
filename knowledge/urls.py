"""The public help centre's addresses under ours. On a company's own domain the same stand at its root."""

from django.urls import URLPattern, URLResolver, path

from knowledge.views import root

app_name = "help"

urlpatterns: list[URLPattern | URLResolver] = [path("help/<slug:slug>/", root.root, name="root")]
