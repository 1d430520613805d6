"""Django settings, read once from the environment (docs/reference/settings.md lists every name)."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale import environment as env

PACKAGE = Path(__file__).parent
DATA = Path(env.text("OPALE_DATA", "var")).resolve()

BASE_URL = env.text("OPALE_BASE_URL", "http://localhost:8000").rstrip("/")
_base = urlsplit(BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname:
    raise env.BadSetting("OPALE_BASE_URL", "must look like https://opale.example.net")
SECURE = _base.scheme == "https"

DEBUG = env.flag("OPALE_DEBUG", default=False)
SECRET_KEY = env.text("OPALE_SECRET_KEY")
# Former keys, one a line or apart by spaces: they still read, and the present one writes.
SECRET_KEY_FALLBACKS = env.text("OPALE_SECRET_KEY_FALLBACKS", "").split()
ALLOWED_HOSTS = [
    _base.hostname,
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env.words("OPALE_ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "opale.ui.views.csrf_failure"
ROOT_URLCONF = "opale.urls"
WSGI_APPLICATION = None

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "opale.endpoints",  # before procrastinate, which loads jobs and the shapes that they use
    "procrastinate.contrib.django",
    "django_htmx",
    "ninja",
    "opale.ui",  # before allauth, whose pages it draws in its own look
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "opale.kernel",
    "opale.conditions",
    "opale.listings",
    "opale.reference_tables",
    "opale.organisation",
    "opale.messaging",
    "opale.operations",
    "opale.webhooks",
    "opale.notifications",
    "opale.scheduled_reports",
    "opale.discussions",
    "opale.customers",
    "opale.infrastructure",
    "opale.reservations",
    "opale.run.shifts",
    "opale.run.paging",
    "opale.run.events",
    "opale.run.desk",
    "opale.run.telephone",
    "opale.run.handover",
    "opale.run.automations",
    "opale.run.reports",
    "opale.delivery.resources",
    "opale.delivery.orders",
    "opale.delivery.projects",
    "opale.delivery.designs",
    "opale.web",
    "opale.api",
    "opale.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "opale.ui.middleware.ContentSecurityPolicy",
    "opale.ui.middleware.PlainAddresses",
    "opale.ui.middleware.NoStore",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "opale.organisation.web.middleware.LoginMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "opale.organisation.web.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opale.ui.middleware.Refusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opale.ui.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "opale.ui.templatetags.ui",
                "opale.acts.buttons",
            ],
        },
    }
]

DATABASE_URL = env.text("DATABASE_URL")
WEB_THREADS = env.number("OPALE_WEB_THREADS", 8)
# Migrations run as the owner of the tables, everything else as the application.
DATABASE_ROLE = env.text("OPALE_DATABASE_ROLE", "opale_app")
DATABASES = {"default": env.database("DATABASE_URL", DATABASE_URL, role=DATABASE_ROLE)}
# Django's pool holds four connections unless told otherwise: the threads would wait for it.
DATABASE_POOL = {
    "min_size": 2,
    # The threads of pages and what serves beside them, or those of a worker and its heartbeat.
    "max_size": max(WEB_THREADS, 8) + 18,
    "timeout": 10,
    # While the database is away each attempt waits twice as long as the one before it. After so
    # many seconds the next request makes the next one, and need not wait for what was put off.
    "reconnect_timeout": 2,
}
if env.flag("OPALE_DATABASE_POOL", default=True):
    DATABASES["default"]["OPTIONS"]["pool"] = DATABASE_POOL  # type: ignore[index]  # built above
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisation.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "opale.organisation.domain.passwords.GuessablePasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "opale.organisation.web.auth_adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "opale.organisation.web.auth_adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Limits go by the address of the client: say how many proxies stand before Opale.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("OPALE_TRUSTED_PROXIES", 0)
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Opale"
MFA_ADAPTER = "opale.organisation.web.auth_adapters.SecondFactorAdapter"
# Not at each request: ActorMiddleware does it once a minute.
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_SERVER := env.text("OPALE_OIDC_SERVER", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.text("OPALE_OIDC_NAME", "SSO"),
                "client_id": env.text("OPALE_OIDC_CLIENT_ID"),
                "secret": env.text("OPALE_OIDC_SECRET"),
                "settings": {"server_url": OIDC_SERVER, "oauth_pkce_enabled": True},
            }
        ]
    }

# The limits above live in a cache that every process shares.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kernel_cache",
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
LANGUAGES: list[tuple[str, str | Promise]] = [("en", _("English")), ("fr", _("French"))]
# A folder of catalogues in which every sentence is marked: what is not marked was not translated.
if _pseudo := env.text("OPALE_PSEUDO_LOCALE", ""):
    LANGUAGES.append(("eo", "Pseudo"))
    LOCALE_PATHS = [Path(_pseudo)]
USE_I18N = USE_TZ = True

# A test pushes the clock of a whole installation; none that people work with is reached by http.
OPALE_PUSHED_CLOCK = Path(_clock) if (_clock := env.text("OPALE_PUSHED_CLOCK", "")) else None
if OPALE_PUSHED_CLOCK and SECURE:
    raise env.BadSetting("OPALE_PUSHED_CLOCK", "is for tests: not with an https address")
FORMAT_MODULE_PATH = ["opale.ui.formats"]
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # Attachments are for the people of their ticket, not for other accounts of the machine.
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or env.flag("OPALE_PLAIN_STATIC", default=False)
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Compressed once, when they are collected: what a browser asks for by its hashed name alone.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["woff2", "png", "ico", "map"]
MEDIA_ROOT = DATA / "files"
# Bearer token by which /metrics is read from other machines; without it, from this one alone.
METRICS_TOKEN = env.text("OPALE_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise env.BadSetting("OPALE_METRICS_TOKEN", "must have 16 characters or more")

_email = env.email("EMAIL_URL", env.text("EMAIL_URL", "console://"))
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_TIMEOUT = _email["EMAIL_TIMEOUT"]
EMAIL_PROVIDER, ANYMAIL = _email["EMAIL_PROVIDER"], _email["ANYMAIL"]
# "name:password", by which a provider that calls back proves to be it.
ANYMAIL_WEBHOOK_SECRET = env.text("OPALE_MAIL_WEBHOOK_SECRET", "")
if ANYMAIL_WEBHOOK_SECRET and not ANYMAIL_WEBHOOK_SECRET.partition(":")[2][11:]:
    raise env.BadSetting(
        "OPALE_MAIL_WEBHOOK_SECRET", "must be name:password, with 12 characters or more of the last"
    )
if _email["EMAIL_FILE_PATH"]:
    EMAIL_FILE_PATH = _email["EMAIL_FILE_PATH"]
# Limits for each domain that we send to: parallel connections, and mails in a minute.
MAIL_PER_DOMAIN_AT_ONCE = env.number("OPALE_MAIL_PER_DOMAIN_AT_ONCE", 4)
MAIL_PER_DOMAIN_PER_MINUTE = env.number("OPALE_MAIL_PER_DOMAIN_PER_MINUTE", 60)
DEFAULT_FROM_EMAIL = env.text("OPALE_MAIL_FROM", "Opale <support@localhost>")
# Address of the gateway at which mail servers deliver.
LMTP_LISTEN = env.address("OPALE_LMTP_LISTEN")
SMTP_LISTEN = env.address("OPALE_SMTP_LISTEN")
# PEM files by which those two offer STARTTLS; the key may stand in the file of the certificate.
MAIL_TLS_CERTIFICATE = env.text("OPALE_MAIL_TLS_CERTIFICATE", "")
MAIL_TLS_KEY = env.text("OPALE_MAIL_TLS_KEY", "")
MAIL_TLS_REQUIRED = env.flag("OPALE_MAIL_TLS_REQUIRED", default=False)
MAIL_LIMIT = env.number("OPALE_MAIL_LIMIT", 50 * 1024 * 1024)
# How long an answer written in a page stays in the outbox and can be undone; 0 sends at once.
SEND_UNDO = timedelta(seconds=env.number("OPALE_SEND_UNDO_SECONDS", 10))
MAIL_HOSTNAME = _base.hostname

# Seconds that one statement of a request may take; 0 is without limit.
PAGE_STATEMENT_SECONDS = env.number("OPALE_PAGE_STATEMENT_SECONDS", 30)
API_STATEMENT_SECONDS = env.number("OPALE_API_STATEMENT_SECONDS", 30)
REPORT_STATEMENT_SECONDS = env.number("OPALE_REPORT_STATEMENT_SECONDS", 300)

# Calls of the API that one login, and one of its tokens, may make in a minute; 0 is without limit.
API_CALLS_PER_LOGIN = env.number("OPALE_API_CALLS_PER_LOGIN", 3_000)
API_CALLS_PER_TOKEN = env.number("OPALE_API_CALLS_PER_TOKEN", 2_000)
# Bytes of files that one login may send in a day; 0 is without limit.
UPLOADS_PER_LOGIN = env.number("OPALE_UPLOADS_PER_LOGIN", 2 * 1024 * 1024 * 1024)

INGEST_QUEUE_LIMIT = env.number("OPALE_INGEST_QUEUE_LIMIT", 20_000)
# Webhooks may then go to addresses inside: for a demo, or a closed network.
WEBHOOKS_ALLOW_PRIVATE = env.flag("OPALE_WEBHOOKS_ALLOW_PRIVATE", default=False)
FIGURES_PER_AGENT = env.flag("OPALE_FIGURES_PER_AGENT", default=False)
AUDIT_KEPT_FOR = timedelta(days=env.number("OPALE_AUDIT_KEPT_DAYS", 400))
if timedelta(days=30) > AUDIT_KEPT_FOR:
    raise env.BadSetting("OPALE_AUDIT_KEPT_DAYS", "must be 30 or more")
EVENTS_KEPT_DAYS = env.number("OPALE_EVENTS_KEPT_DAYS", 90)
# A cleared alert that stays quiet for so long is closed: later events open a new one.
ALERT_QUIET_FOR = timedelta(minutes=env.number("OPALE_ALERT_QUIET_MINUTES", 60))
ATTACHMENT_LIMIT = env.number("OPALE_ATTACHMENT_LIMIT", 20 * 1024 * 1024)
BODY_LIMIT = env.number("OPALE_BODY_LIMIT", 25 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT

PGHISTORY_CONTEXT_FIELD = None  # set per tracked model by kernel.history
PGTRIGGER_MIGRATIONS = True
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "opale.kernel.logs.formatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": env.text("OPALE_LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # aiosmtpd logs each command of each mail server, addresses included.
        "mail.log": {"level": "ERROR"},
    },
}
