"""What accounts hold about people, and what the libraries that sign them in keep beside it."""

from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django_otp_webauthn.models import WebAuthnAttestation, WebAuthnCredential, WebAuthnUserHandle

from accounts.models import (
    AddressChange,
    Invitation,
    Membership,
    Passkey,
    RecoveryCode,
    RecoverySheet,
    Team,
    TeamMember,
    TotpDevice,
    User,
    UserSession,
    Workspace,
)
from core.personal_data import Category, Erase, Retention, Subject, declare, fields, technical

declare(
    Workspace,
    subject=Subject.WORKSPACE,
    purpose="Keep one company's data apart from all others'.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("name time_zone language is_second_factor_required", Category.BUSINESS, erase=Erase.KEEP),
        **technical("id is_demo created_at"),
    },
)
declare(
    User,
    subject=Subject.USER,
    purpose="Let a person sign in, and show colleagues who did what.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("email", Category.IDENTIFIER, erase=Erase.CLEAR),
        **fields("email_index", Category.IDENTIFIER, export=False, erase=Erase.CLEAR),
        **fields("name", Category.PROFILE, erase=Erase.CLEAR),
        **fields("language time_zone theme", Category.PROFILE, erase=Erase.CLEAR),
        **fields("password", Category.SECRET, export=False, erase=Erase.CLEAR),
        **fields("last_login email_verified_at created_at", Category.BEHAVIOUR, erase=Erase.CLEAR),
        **technical("id key_id is_active is_staff is_superuser"),
    },
)
declare(
    AddressChange,
    subject=Subject.USER,
    purpose="Remember a new address until its owner has proven it.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("email", Category.IDENTIFIER, erase=Erase.ROW),
        **technical("id key_id user created_at"),
    },
)
declare(
    Membership,
    subject=Subject.USER,
    purpose="Say who belongs to a workspace and what they may do there.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("role availability is_active created_at", Category.PROFILE, erase=Erase.KEEP),
        **technical("id workspace user"),
    },
)
declare(
    Invitation,
    subject=Subject.USER,
    purpose="Let somebody join by the link in a mail.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("email", Category.IDENTIFIER, erase=Erase.ROW),
        **fields("email_index", Category.IDENTIFIER, export=False, erase=Erase.ROW),
        **fields("token_digest", Category.SECRET, export=False, erase=Erase.ROW),
        **fields("role created_at expires_at accepted_at revoked_at", Category.PROFILE, erase=Erase.ROW),
        **technical("id workspace key_id invited_by"),
    },
)
declare(
    Team,
    subject=Subject.WORKSPACE,
    purpose="Give conversations to a group of members.",
    retention=Retention.ACCOUNT,
    fields={**fields("name", Category.BUSINESS, erase=Erase.KEEP), **technical("id workspace created_at")},
)
declare(
    TeamMember,
    subject=Subject.USER,
    purpose="Say who is in a team.",
    retention=Retention.ACCOUNT,
    fields={**fields("team user", Category.PROFILE, erase=Erase.ROW), **technical("id workspace")},
)
declare(
    UserSession,
    subject=Subject.USER,
    purpose="Show a person where they are signed in, and end it.",
    retention=Retention.TRANSIENT,
    fields={
        **fields("ip user_agent", Category.IDENTIFIER, erase=Erase.ROW),
        **fields("created_at seen_at factor_at", Category.BEHAVIOUR, erase=Erase.ROW),
        **fields("session_key key_digest", Category.SECRET, export=False, erase=Erase.ROW),
        **technical("id key_id user"),
    },
)
declare(
    TotpDevice,
    subject=Subject.USER,
    purpose="Check the codes of an authenticator app.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("secret", Category.SECRET, export=False, erase=Erase.ROW),
        **fields("name created_at", Category.PROFILE, erase=Erase.ROW),
        **technical("id key_id user confirmed last_step throttling_failure_timestamp throttling_failure_count"),
    },
)
declare(
    RecoverySheet,
    subject=Subject.USER,
    purpose="Let a person in who has lost their second factor.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("created_at", Category.PROFILE, erase=Erase.ROW),
        **technical("id user name confirmed throttling_failure_timestamp throttling_failure_count"),
    },
)
declare(
    RecoveryCode,
    subject=Subject.USER,
    purpose="One unused recovery code, as a keyed hash.",
    retention=Retention.ACCOUNT,
    fields={**fields("digest", Category.SECRET, export=False, erase=Erase.ROW), **technical("id sheet")},
)

_PASSKEY_TECHNICAL = "id user confirmed credential_type transports sign_count backup_eligible backup_state aaguid discoverable"
_PASSKEY_KEYS = "credential_id credential_id_sha256 public_key"
_PASSKEY_OWN = "name created_at last_used_at"
declare(
    Passkey,
    subject=Subject.USER,
    purpose="Sign a person in by their device.",
    retention=Retention.ACCOUNT,
    fields={
        **fields(_PASSKEY_KEYS, Category.SECRET, export=False, erase=Erase.ROW),
        **fields(_PASSKEY_OWN, Category.PROFILE, erase=Erase.ROW),
        **technical(f"{_PASSKEY_TECHNICAL} key_id"),
    },
)
declare(
    WebAuthnCredential,
    subject=Subject.USER,
    purpose="The passkey library's own table, which stays empty: ours takes its place.",
    retention=Retention.ACCOUNT,
    fields={
        **fields(_PASSKEY_KEYS, Category.SECRET, export=False, erase=Erase.ROW),
        **fields(_PASSKEY_OWN, Category.PROFILE, erase=Erase.ROW),
        **technical(_PASSKEY_TECHNICAL),
    },
)
declare(
    WebAuthnAttestation,
    subject=Subject.USER,
    purpose="The passkey library's table for proofs of a device's make, which stays empty.",
    retention=Retention.ACCOUNT,
    fields={
        **fields("data client_data_json", Category.IDENTIFIER, export=False, erase=Erase.ROW),
        **technical("id fmt credential"),
    },
)
declare(
    WebAuthnUserHandle,
    subject=Subject.USER,
    purpose="Let a device find its passkeys for us without knowing who the person is.",
    retention=Retention.ACCOUNT,
    fields={**fields("handle_hex", Category.IDENTIFIER, export=False, erase=Erase.ROW), **technical("user")},
)
declare(
    Session,
    subject=Subject.USER,
    purpose="Keep a person signed in, 14 days at most.",
    retention=Retention.TRANSIENT,
    fields={
        **fields("session_key session_data", Category.SECRET, export=False, erase=Erase.ROW),
        **technical("expire_date"),
    },
)
declare(
    AccessAttempt,
    subject=Subject.USER,
    purpose="Slow down guessing of passwords: keyed hashes of account and address, and a count.",
    retention=Retention.TRANSIENT,
    fields={
        **fields("username ip_address", Category.IDENTIFIER, export=False, erase=Erase.ROW),
        **technical("id user_agent http_accept path_info attempt_time get_data post_data failures_since_start"),
    },
)
declare(
    AccessAttemptExpiration,
    subject=Subject.NONE,
    purpose="When a count of wrong passwords ends.",
    retention=Retention.TRANSIENT,
    fields=technical("access_attempt expires_at"),
)
declare(
    AccessFailureLog,
    subject=Subject.USER,
    purpose="The throttling library's log, which is switched off.",
    retention=Retention.TRANSIENT,
    fields=technical("id user_agent ip_address username http_accept path_info attempt_time locked_out"),
)
declare(
    AccessLog,
    subject=Subject.USER,
    purpose="The throttling library's log of sign-ins, which is switched off.",
    retention=Retention.TRANSIENT,
    fields=technical("id user_agent ip_address username http_accept path_info attempt_time logout_time session_hash"),
)
declare(
    LogEntry,
    subject=Subject.USER,
    purpose="What the operator's staff did in the admin; rows are named by id.",
    retention=Retention.SECURITY,
    fields={
        **fields("user action_time action_flag change_message", Category.BEHAVIOUR, erase=Erase.KEEP),
        **technical("id content_type object_id object_repr"),
    },
)
declare(
    Permission,
    subject=Subject.NONE,
    purpose="What the operator's staff may do in the admin.",
    retention=Retention.ACCOUNT,
    fields=technical("id name content_type codename"),
)
declare(
    Group,
    subject=Subject.NONE,
    purpose="Sets of permissions of the operator's staff.",
    retention=Retention.ACCOUNT,
    fields=technical("id name"),
)
declare(
    ContentType,
    subject=Subject.NONE,
    purpose="Django's list of tables.",
    retention=Retention.ACCOUNT,
    fields=technical("id app_label model"),
)
declare(
    Group.permissions.through,
    subject=Subject.NONE,
    purpose="Which permissions a set holds.",
    retention=Retention.ACCOUNT,
    fields=technical("id group permission"),
)
declare(
    User.groups.through,
    subject=Subject.USER,
    purpose="Which sets of permissions the operator's staff have.",
    retention=Retention.ACCOUNT,
    fields=technical("id user group"),
)
declare(
    User.user_permissions.through,
    subject=Subject.USER,
    purpose="Which permissions the operator's staff have.",
    retention=Retention.ACCOUNT,
    fields=technical("id user permission"),
)
