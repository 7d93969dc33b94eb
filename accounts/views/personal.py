"""A person's own settings, outside any workspace."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render


@login_required
def profile(request: HttpRequest) -> HttpResponseBase:
    """Who I am here."""
    return render(request, "accounts/personal/profile.html")
