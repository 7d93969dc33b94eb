"""Django admin for the operator's staff, behind a second factor: useful, and without content."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse


class OperatorAdminSite(AdminSite):
    """The operator's site. A staff account alone does not open it: the session must have shown its second factor."""

    site_header = site_title = "Chatzee operations"
    index_template = "operations/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and bool(request.user.is_verified())  # type: ignore[union-attr]  # by django-otp

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Our own sign-in, then the second factor; for anybody but staff the site does not exist."""
        target = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?{urlencode({'next': target})}")
        if not (request.user.is_active and request.user.is_staff):
            return render(request, "404.html", status=404)
        return HttpResponseRedirect(f"{reverse('accounts:required-factor')}?{urlencode({'next': target})}")

    def get_urls(self) -> list[Any]:
        from chatzee import operations_views as views  # models are there once the site is

        own = [
            path("workspaces/", self.admin_view(views.workspaces), name="workspaces"),
            path("workspaces/<uuid:workspace>/", self.admin_view(views.workspace), name="workspace"),
            path("queues/", self.admin_view(views.queues), name="queues"),
        ]
        return [*own, *super().get_urls()]
