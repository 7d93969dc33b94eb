"""Django's settings, computed from the typed environment in :mod:`chatzee.env`."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

import chatzee.celery  # noqa: F401  # every process that loads the settings gets the app its shared tasks belong to
from chatzee.env import env

django_stubs_ext.monkeypatch()  # lets Django's generic classes be subscripted, as their types are

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env.secret_key.get_secret_value()
DEBUG = False
ALLOWED_HOSTS = env.allowed_hosts

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "chatzee.admin.OperatorAdminConfig",
    "django_htmx",
    "lucide",
    "django_otp",
    "axes",
    "channels",
    "rest_framework",
    "django_prose_editor",
    "core",
    "core.vault",
    "accounts",  # before the passkeys, whose models ask for the user
    "django_otp_webauthn",
    "conversations",
    "channels_app",
    "knowledge",
    "ai",
    "dashboard",
]

MIDDLEWARE = [
    "core.observability.middleware.RequestContextMiddleware",
    "knowledge.middleware.HelpDomainMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.http.canonical.CanonicalHostMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.SessionGuardMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "chatzee.urls"
WSGI_APPLICATION = "chatzee.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.context.frame",
            ],
            "builtins": ["django_htmx.templatetags.django_htmx", "core.templatetags.ui"],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "fragments",
        "DIRS": [BASE_DIR / "fragments"],
        "OPTIONS": {"environment": "core.fragments.environment"},
    },
]


def database(url: str) -> dict[str, object]:
    """Django's settings for a ``postgresql://user:password@host:port/name`` URL."""
    parts = urlsplit(url)
    return {
        "ENGINE": "core.database",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A page's query is done sooner than the workers that Postgres would start for it, and others wait for the processors.
        "OPTIONS": {"application_name": "chatzee", "connect_timeout": 5, "options": "-c max_parallel_workers_per_gather=0"},
    }


#: ``default`` serves the product and owns nothing; ``keys`` holds the vault's keys. ``owner`` only migrates: processes that
#: serve are not given its URL, so they do not have it.
DATABASES = {
    "default": database(env.database_url.get_secret_value()),
    "keys": database(env.keys_database_url.get_secret_value()),
}
if _owner_url := env.database_owner_url.get_secret_value():
    DATABASES["owner"] = database(_owner_url)
DATABASE_ROUTERS = ["core.tenancy.router.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.valkey_url.get_secret_value() + "/1",
        "KEY_PREFIX": "cache",
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesBackend",
    "accounts.backends.EmailBackend",
    "django_otp_webauthn.backends.WebAuthnBackend",
]
PASSWORD_HASHERS = ["accounts.hashing.CappedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.PasswordRules"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
PASSWORD_RESET_TIMEOUT = 60 * 60

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.is_production
SESSION_COOKIE_NAME = "__Host-session" if env.is_production else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if env.is_production else "csrf"
CSRF_TRUSTED_ORIGINS = [env.public_url]
SECURE_SSL_REDIRECT = env.is_production
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^help-domains/check/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if env.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.is_production
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.trusted_proxies else None
X_FRAME_OPTIONS = "DENY"

_EDGE_SOCKET = env.edge_url.replace("http", "ws", 1)
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:", *env.shown_media_hosts],
    "media-src": [CSP.SELF, *env.shown_media_hosts, "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF, env.edge_url, _EDGE_SOCKET],
    "frame-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

#: Meta's largest webhook is 3 MB, more than Django's default of 2.5 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
#: Uploads stay in memory until they are encrypted: a temporary file would put their plaintext on the disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("pt", _("Portuguese")), ("es", _("Spanish")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
FORMAT_MODULE_PATH = "chatzee.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if env.is_production else None  # elsewhere files are served from their apps
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "core.vault.storage.EncryptedStorage"},
    "staticfiles": {
        "BACKEND": "core.staticfiles.Storage" if env.is_production else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not env.is_production
WHITENOISE_AUTOREFRESH = env.mode == "dev"

MAILERS = {"default": {"BACKEND": "core.mail.Backend"}}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_from

# Passkeys belong to a domain, never to a number: on one machine they work at http://localhost only.
_PASSKEY_URL = env.public_url.replace("//127.0.0.1", "//localhost")
OTP_WEBAUTHN_RP_NAME = "Chatzee"
OTP_WEBAUTHN_RP_ID = urlsplit(_PASSKEY_URL).hostname
OTP_WEBAUTHN_ALLOWED_ORIGINS = [_PASSKEY_URL]
OTP_WEBAUTHN_CREDENTIAL_MODEL = "accounts.Passkey"
OTP_WEBAUTHN_HELPER_CLASS = "accounts.passkeys.PasskeyHelper"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "accounts.throttling.username_of"
AXES_CLIENT_IP_CALLABLE = "accounts.throttling.alias_of_address"
AXES_HANDLER = "accounts.throttling.QuietHandler"
AXES_LOCKOUT_CALLABLE = "accounts.throttling.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LOGGING_CONFIG = "core.observability.logs.configure"
LOGGING = {"format": env.log_format, "level": env.log_level}
# Passkeys ask for https, which one machine does not have; browsers take http://localhost for secure.
SILENCED_SYSTEM_CHECKS = [] if env.is_production else ["otp_webauthn.E031"]
TEST_RUNNER = "django.test.runner.DiscoverRunner"
