"""Whether the member takes conversations just now."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.services.availability import set_availability
from core.fragments import fragment_response
from dashboard.answers import wrong
from dashboard.context import frame


@require_POST
@workspace_view(Permission.CONVERSATIONS_VIEW)
def availability(request: WorkspaceRequest) -> HttpResponseBase:
    """Available, busy or away; answers with the user's menu."""
    wanted = request.POST.get("availability", "")
    if wanted not in Membership.Availability.values:
        return wrong(_("Choose whether you are available, busy or away."))
    set_availability(request.membership, wanted)
    return fragment_response(request, "components/user_menu.html", {"shown": frame(request)["frame"]})
