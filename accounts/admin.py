"""The operator's staff and people's accounts: enough to help, without names or content."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from accounts.mailing import mail_later
from accounts.models import User, UserSession
from accounts.models.user import email_index
from accounts.services import sessions


def masked(email: str) -> str:
    """An address by its first letter and its domain's end: "a…@….pt"."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}…@….{domain.rpartition('.')[2]}"


class LookOnly(admin.ModelAdmin[Any]):
    """Rows are looked at, and changed by actions alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(LookOnly):
    """People who sign in. They are found by their whole address, through its blind index."""

    list_display = ("id", "address", "is_proven", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("id",)
    search_help_text = gettext_lazy("A whole e-mail address, or an id.")
    ordering = ("-created_at",)
    list_per_page = 50
    fields = ("id", "address", "is_proven", "is_active", "is_staff", "language", "time_zone", "last_login", "created_at")
    actions = ("deactivate", "activate", "mail_reset", "end_sessions")

    @admin.display(description=gettext_lazy("E-mail address"))
    def address(self, user: User) -> str:
        return masked(user.email)

    @admin.display(description=gettext_lazy("Confirmed"), boolean=True)
    def is_proven(self, user: User) -> bool:
        return user.email_verified_at is not None

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[User], search_term: str) -> tuple[QuerySet[User], bool]:
        if "@" not in search_term:
            return super().get_search_results(request, queryset, search_term)
        try:
            return queryset.filter(email_index=email_index(search_term)), False
        except ValueError:
            return queryset.none(), False

    @admin.action(description=gettext_lazy("Deactivate, and end all sessions"))
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.exclude(pk=str(request.user.pk)):
            user.is_active = False
            user.save(update_fields=["is_active"])
            sessions.revoke_all(user)
            self.log_change(request, user, [{"deactivated": {}}])
        messages.success(request, _("Deactivated."))

    @admin.action(description=gettext_lazy("Activate, so that they can sign in again"))
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        # Without an address to be found by, one has been purged or lives on in another account.
        for user in queryset.filter(is_active=False).exclude(email_index=None):
            user.is_active = True
            user.save(update_fields=["is_active"])
            self.log_change(request, user, [{"activated": {}}])
        messages.success(request, _("Activated."))

    @admin.action(description=gettext_lazy("Mail a link to reset the password"))
    def mail_reset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_active=True):
            mail_later("mail_password_reset", user.pk)
            self.log_change(request, user, [{"reset mailed": {}}])
        messages.success(request, _("The mails are on their way."))

    @admin.action(description=gettext_lazy("End all sessions"))
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        count = sum(sessions.revoke_all(user) for user in queryset)
        for user in queryset:
            self.log_change(request, user, [{"sessions ended": {}}])
        messages.success(request, _("%(n)d sessions have ended.") % {"n": count})


@admin.register(UserSession)
class UserSessionAdmin(LookOnly):
    """Where people are signed in: by user and time, without addresses of machines."""

    list_display = ("id", "user_id", "created_at", "seen_at", "factor_at")
    ordering = ("-seen_at",)
    list_per_page = 50
    fields = ("id", "user", "created_at", "seen_at", "factor_at")
