"""Signing in, signing up and signing out."""

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts.forms.entry import SignInForm, SignUpForm
from accounts.models import User
from accounts.services.workspaces import create_workspace


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(RedirectURLMixin, FormView[SignInForm]):
    """E-mail address and password, then on to where the person wanted to go."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    next_page = "dashboard:home"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        data = form.cleaned_data
        user = authenticate(self.request, username=data["email"], password=data["password"])
        if user is None:
            form.add_error(None, _("This e-mail address and password do not go together. Check both, or reset the password."))
            return self.form_invalid(form)
        login(self.request, user)
        self.request.session.set_expiry(None if data["remember"] else 0)
        return super().form_valid(form)


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """A new user with a workspace of their own."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if User.objects.by_email(data["email"]) is None:
            user = User.objects.create_user(
                data["email"], data["password"], name=data["name"], language=data["language"], time_zone=data["time_zone"]
            )
            workspace = create_workspace(name=data["company"], owner=user, language=data["language"], time_zone=data["time_zone"])
            login(request, user, backend="accounts.backends.EmailBackend")
            request.session["workspace"] = str(workspace.pk)
            return redirect("dashboard:home")
        form.add_error("email", _("Sign in with this address instead."))
    return render(request, "accounts/sign_up.html", {"form": form})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End this session."""
    logout(request)
    return redirect("accounts:sign-in")
