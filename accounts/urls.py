"""The addresses of accounts."""

from django.urls import include, path

from accounts.views import entry, personal, workspaces

app_name = "accounts"

_settings = [
    path("members/", workspaces.members, name="members"),
    path("teams/", workspaces.teams, name="teams"),
    path("workspace/", workspaces.general, name="workspace-settings"),
    path("security/", workspaces.security, name="security-settings"),
]

urlpatterns = [
    path("sign-in/", entry.SignIn.as_view(), name="sign-in"),
    path("sign-out/", entry.sign_out, name="sign-out"),
    path("sign-up/", entry.sign_up, name="sign-up"),
    path("me/", personal.profile, name="profile"),
    path("workspaces/", workspaces.workspaces, name="workspaces"),
    path("workspaces/new/", workspaces.new_workspace, name="new-workspace"),
    path("w/<uuid:workspace>/settings/", include(_settings)),
]
