"""Who belongs to a workspace, and inviting people."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.forms.workspace import InviteForm, RoleForm
from accounts.freshness import needs_fresh_factor
from accounts.models import Invitation, Membership
from accounts.permissions import Permission, Role
from accounts.role_table import role_table
from accounts.selectors import members, open_invitations, users_with_second_factor
from accounts.services import invitations
from accounts.services.members import change_role, grantable_roles, remove_member


@workspace_view(Permission.MEMBERS_VIEW)
def member_list(request: WorkspaceRequest) -> HttpResponseBase:
    """The members and open invitations, and what each role may do."""
    return _page(request, None)


@require_POST
@workspace_view(Permission.MEMBERS_MANAGE)
def invite(request: WorkspaceRequest) -> HttpResponseBase:
    """Invite addresses with a role."""
    form = InviteForm(request.membership, request.POST)
    if form.is_valid():
        try:
            sent = invitations.invite(form.cleaned_data["emails"], role=form.cleaned_data["role"], by=request.membership)
        except (ValidationError, PermissionDenied) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            _tell_invited(request, len(sent), len(form.cleaned_data["emails"]))
            return redirect("accounts:members", request.workspace.pk)
    return _page(request, form)


@require_POST
@workspace_view(Permission.MEMBERS_MANAGE)
def invitation(request: WorkspaceRequest, invitation: UUID) -> HttpResponseBase:
    """Send an open invitation again, or (`revoke`) take it back."""
    found = get_object_or_404(Invitation.objects.filter(accepted_at=None, revoked_at=None), pk=invitation)
    if "revoke" in request.POST:
        invitations.revoke(found, by=request.membership)
        messages.success(request, _("The invitation is taken back."))
    else:
        invitations.resend(found, by=request.membership)
        messages.success(request, _("The invitation is on its way again."))
    return redirect("accounts:members", request.workspace.pk)


@require_POST
@workspace_view(Permission.MEMBERS_MANAGE)
@needs_fresh_factor
def role(request: WorkspaceRequest, member: UUID) -> HttpResponseBase:
    """Give a member another role."""
    found = get_object_or_404(Membership, pk=member, is_active=True)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        changed = change_role(found, form.cleaned_data["role"], by=request.membership)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        words = _("%(name)s is now %(role)s.")
        messages.success(request, words % {"name": found.user.name, "role": changed.get_role_display()})
    return redirect("accounts:members", request.workspace.pk)


@require_POST
@workspace_view(Permission.MEMBERS_MANAGE)
@needs_fresh_factor
def removal(request: WorkspaceRequest, member: UUID) -> HttpResponseBase:
    """End a member's access to the workspace."""
    found = get_object_or_404(Membership, pk=member, is_active=True)
    try:
        remove_member(found, by=request.membership)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("%(name)s no longer has access.") % {"name": found.user.name})
    if found.user_id == request.user.pk:
        return redirect("accounts:workspaces")
    return redirect("accounts:members", request.workspace.pk)


def _page(request: WorkspaceRequest, form: InviteForm | None) -> HttpResponse:
    by = request.membership
    manages = by.can(Permission.MEMBERS_MANAGE)
    found = members()
    factors = users_with_second_factor(one.user_id for one in found) if manages else set()
    rows = [
        {
            "member": one,
            "is_self": one.user_id == by.user_id,
            "has_factor": one.user_id in factors,
            "may_change": manages and (one.role != Role.OWNER or by.can(Permission.OWNERS_MANAGE)),
        }
        for one in found
    ]
    context = {
        "rows": rows,
        "manages": manages,
        "invitations": open_invitations() if manages else [],
        "roles": [(one.value, one.label) for one in grantable_roles(by)],
        "form": form or InviteForm(by),
        "role_table": role_table(),
    }
    return render(request, "accounts/workspace/members.html", context, status=422 if form is not None else 200)


def _tell_invited(request: WorkspaceRequest, sent: int, asked: int) -> None:
    if sent:
        words = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", sent)
        messages.success(request, words % {"n": sent})
    if asked > sent:
        messages.info(request, _("Whoever is a member already was not invited again."))
