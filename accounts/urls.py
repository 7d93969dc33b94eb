"""The addresses of accounts."""

from django.urls import include, path

from accounts.views import entry, factors, invitations, members, passkeys, personal, recovery, teams, workspaces

app_name = "accounts"

_personal = [
    path("", personal.profile, name="profile"),
    path("address/", personal.address, name="change-address"),
    path("address/mail/", recovery.send_address_mail, name="address-mail"),
    path("password/", personal.password, name="password"),
    path("second-factor/", factors.overview, name="factors"),
    path("second-factor/required/", factors.required, name="required-factor"),
    path("second-factor/app/", factors.add_app, name="add-app"),
    path("second-factor/app/removal/", factors.remove_app, name="remove-app"),
    path("second-factor/recovery-codes/", factors.recovery_codes, name="recovery-codes"),
    path("second-factor/passkeys/<uuid:passkey>/", factors.rename_passkey, name="rename-passkey"),
    path("second-factor/passkeys/<uuid:passkey>/removal/", factors.remove_passkey, name="remove-passkey"),
    path("sessions/", personal.session_list, name="sessions"),
    path("sessions/others/end/", personal.other_sessions_end, name="end-other-sessions"),
    path("sessions/<uuid:session>/end/", personal.session_end, name="end-session"),
]

_passkeys = [
    path("registration/", passkeys.BeginRegistration.as_view(), name="passkey-registration"),
    path("registration/completion/", passkeys.CompleteRegistration.as_view(), name="passkey-registered"),
    path("authentication/", passkeys.BeginAuthentication.as_view(), name="passkey-authentication"),
    path("authentication/completion/", passkeys.CompleteAuthentication.as_view(), name="passkey-authenticated"),
]

_settings = [
    path("members/", members.member_list, name="members"),
    path("members/invitations/", members.invite, name="invite"),
    path("members/invitations/<uuid:invitation>/", members.invitation, name="open-invitation"),
    path("members/<uuid:member>/role/", members.role, name="member-role"),
    path("members/<uuid:member>/removal/", members.removal, name="member-removal"),
    path("teams/", teams.team_list, name="teams"),
    path("teams/<uuid:team>/", teams.team, name="team"),
    path("workspace/", workspaces.general, name="workspace-settings"),
    path("security/", workspaces.security, name="security-settings"),
    path("security/enforcement/", workspaces.enforcement, name="enforcement"),
]

urlpatterns = [
    path("sign-in/", entry.SignIn.as_view(), name="sign-in"),
    path("sign-in/second-factor/", entry.second_factor, name="second-factor"),
    path("sign-out/", entry.sign_out, name="sign-out"),
    path("sign-up/", entry.sign_up, name="sign-up"),
    path("password/forgotten/", recovery.forgotten, name="forgotten"),
    path("password/new/<str:uid>/<str:token>/", recovery.new_password, name="new-password"),
    path("address/<str:uid>/<str:token>/", recovery.address, name="address"),
    path("address/change/<str:uid>/<str:token>/", recovery.address_change, name="address-change"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("passkeys/", include(_passkeys)),
    path("me/", include(_personal)),
    path("workspaces/", workspaces.workspaces, name="workspaces"),
    path("workspaces/new/", workspaces.new_workspace, name="new-workspace"),
    path("w/<uuid:workspace>/settings/", include(_settings)),
]
