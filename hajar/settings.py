"""Everything that can be set, read once from the environment; docs/deploy.md has the table.

With nothing set it runs on a laptop. With HAJAR_DEBUG=0 it refuses to start until it is safe.
"""

import os
import tempfile
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def switch(name: str, *, default: bool) -> bool:
    """Read yes or no. A misspelt answer is refused: django-environ would take it for no."""
    said = env.str(name, default="").strip().lower()
    if said in ("1", "true", "yes", "on"):
        return True
    if said in ("0", "false", "no", "off"):
        return False
    if said:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {said!r}.")
    return default


# --- where it runs -----------------------------------------------------------------------------------------------

DEBUG = switch("HAJAR_DEBUG", default=True)
HAJAR_DEMO = switch("HAJAR_DEMO", default=False)  # every account enters with a password alone
SECRET_KEY = env.str("HAJAR_SECRET_KEY", default="laptop-only-" + "x" * 50 if DEBUG else "")
ALLOWED_HOSTS = env.list("HAJAR_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
CACHES = {"default": env.cache("HAJAR_CACHE_URL", default="dbcache://cache")}
EMAIL = env.email("HAJAR_EMAIL_URL", default="consolemail://")
# What phones seal their unsent entries for: the first secret is in use, older ones still open what was sealed for them.
PHONE_SECRETS = env.list("HAJAR_PHONE_SECRETS", default=[f"phones:{SECRET_KEY}"])
# Off: phones drop the pages that work without a network and go on with the server's; they still send their entries.
PHONES_KEEP_ROUNDS = switch("HAJAR_PHONES_KEEP_ROUNDS", default=True)
# What one person may take out of the house in a day.
EXPORTS_A_DAY = env.int("HAJAR_EXPORTS_A_DAY", default=20)
EXPORTED_ROWS_A_DAY = env.int("HAJAR_EXPORTED_ROWS_A_DAY", default=100_000)
TRUSTED_PROXIES = env.int("HAJAR_TRUSTED_PROXIES", default=0 if DEBUG else 1)

if not DEBUG:
    refusals = [
        reason
        for applies, reason in [
            (len(SECRET_KEY) < 50, "HAJAR_SECRET_KEY must be set to at least 50 random characters."),
            (not ALLOWED_HOSTS, "HAJAR_ALLOWED_HOSTS must name the hosts that this site answers to."),
            ("*" in ALLOWED_HOSTS, "HAJAR_ALLOWED_HOSTS must not be *: name the hosts."),
            (HAJAR_DEMO, "HAJAR_DEMO lets accounts in without a second factor: it is for the demo only."),
            ("DATABASE_URL" not in env.ENVIRON, "DATABASE_URL must say where the data lies."),
            (
                "HAJAR_EMAIL_URL" not in env.ENVIRON or "console" in EMAIL["EMAIL_BACKEND"],
                "HAJAR_EMAIL_URL must name a mail server, or dummymail:// to send nothing: printed mails show secrets.",
            ),
            (
                CACHES["default"]["BACKEND"].endswith(("LocMemCache", "DummyCache")),
                "HAJAR_CACHE_URL must be a cache that all processes share: it counts the wrong passwords.",
            ),
        ]
        if applies
    ]
    if refusals:
        raise ImproperlyConfigured("Hajar does not start (HAJAR_DEBUG=0):\n  " + "\n  ".join(refusals))

# --- what it is made of ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "phonenumber_field",
    "hajar",
    "hajar.accounts",
    "hajar.journal",
    "hajar.backups",
    "beneficiaries",
    "distributions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "hajar.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hajar.middleware.SharedPhoneMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "hajar.accounts.second_factor.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "beneficiaries.views.meanwhile.ChangedMeanwhileMiddleware",
]

ROOT_URLCONF = "hajar.urls"
WSGI_APPLICATION = "hajar.wsgi.application"
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
                "django.template.context_processors.i18n",
                "distributions.views.inbox.navigation",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
PHONENUMBER_DEFAULT_REGION = "MA"
PHONENUMBER_DB_FORMAT = "E164"

# --- data --------------------------------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE = DATABASES["default"]
DATABASE["ATOMIC_REQUESTS"] = False  # with IMMEDIATE every page would take SQLite's one write lock
if DATABASE["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE a read followed by a write fails at once, in spite of the timeout.
    # Without FULL an entry that a phone was told is safe may vanish when the power goes. checks.py reads both back.
    # 32 MB of the database may stay in memory while it answers, in place of 2.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
    }
    # A file, because threads share the test database; one for each process, because suites may run side by side.
    DATABASE["TEST"] = {"NAME": str(Path(tempfile.gettempdir(), f"hajar-test-{os.getpid()}.sqlite3"))}
else:
    DATABASE.setdefault("CONN_MAX_AGE", 60)
    DATABASE["CONN_HEALTH_CHECKS"] = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("HAJAR_STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "hajar.staticfinders.NodeModulesFinder",
]
# Public name -> file in node_modules. Only what is listed is ever served.
NODE_MODULES_ROOT = BASE_DIR / "node_modules"
NODE_MODULES_FILES = {
    "vendor/bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/bootstrap/bootstrap.rtl.min.css": "bootstrap/dist/css/bootstrap.rtl.min.css",
    "vendor/bootstrap/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "vendor/bootstrap-icons/bootstrap-icons.min.css": "bootstrap-icons/font/bootstrap-icons.min.css",
    "vendor/bootstrap-icons/fonts/bootstrap-icons.woff2": "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
    "vendor/bootstrap-icons/fonts/bootstrap-icons.woff": "bootstrap-icons/font/fonts/bootstrap-icons.woff",
    "vendor/signature_pad.js": "signature_pad/dist/signature_pad.min.js",
    "vendor/zxing/reader.js": "zxing-wasm/dist/iife/reader/index.js",
    "vendor/zxing/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
} | {
    f"vendor/fonts/plex-{script}-{weight}.woff2": (
        f"@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-{script}-{weight}-normal.woff2"
    )
    for script in ("arabic", "latin", "latin-ext")
    for weight in (400, 500, 600, 700)
}
# Bare name -> module, for {% importmap %}: static/js/row_menu.js is imported as "hajar/row_menu",
# static/mobile/photo.js as "mobile/photo".
JS_MODULES = {"signature_pad": "vendor/signature_pad.js"} | {
    f"{name}/{module.stem}": f"{folder}/{module.name}"
    for name, folder in (("hajar", "js"), ("mobile", "mobile"))
    for module in sorted((BASE_DIR / "static" / folder).glob("*.js"))
}

# Files of people (photos, signatures) are only ever sent by a view that asks who wants them.
MEDIA_ROOT = Path(env.str("HAJAR_MEDIA_ROOT", default=str(BASE_DIR / "media")))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
S3_BUCKET = env.str("HAJAR_FILES_S3_BUCKET", default="")
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("HAJAR_FILES_S3_ENDPOINT", default=None),
            "region_name": env.str("HAJAR_FILES_S3_REGION", default=None),
            "access_key": env.str("HAJAR_FILES_S3_KEY", default=None),
            "secret_key": env.str("HAJAR_FILES_S3_SECRET", default=None),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 60,
        },
    }
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "hajar.storage.ManifestStorage"
    },
}

# National identity numbers need an authorisation of the CNDP: off unless a site says so. The first key seals, older
# ones still open; each has at least 32 random characters.
HAJAR_NATIONAL_ID = switch("HAJAR_NATIONAL_ID", default=False)
HAJAR_NATIONAL_ID_KEYS = env.list("HAJAR_NATIONAL_ID_KEYS", default=[])

# Where `manage.py backup` writes. A key of its own: whoever steals the web server's secret cannot read the backups.
HAJAR_BACKUP_DIR = Path(backup_dir) if (backup_dir := env.str("HAJAR_BACKUP_DIR", default="")) else None
HAJAR_BACKUP_KEY = env.str("HAJAR_BACKUP_KEY", default="")
HAJAR_BACKUP_KEEP = env.list("HAJAR_BACKUP_KEEP", cast=int, default=[48, 30, 6])  # most recent, last of days, of months
if HAJAR_BACKUP_KEY and len(HAJAR_BACKUP_KEY) < 32:
    raise ImproperlyConfigured("HAJAR_BACKUP_KEY must have at least 32 random characters.")
if len(HAJAR_BACKUP_KEEP) != 3 or HAJAR_BACKUP_KEEP[0] < 2 or min(HAJAR_BACKUP_KEEP) < 0:
    raise ImproperlyConfigured("HAJAR_BACKUP_KEEP must be three numbers such as 48,30,6; the first at least 2.")

# --- who comes in ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["hajar.accounts.backends.RolesBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "hajar.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator gives the account and knows its owner
# allauth's own writes the address down a second time, where it outlives a correction and would still sign in.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "hajar.accounts.forms.AddKeyForm",
    "edit_webauthn": "hajar.accounts.forms.EditKeyForm",
}
MFA_TOTP_ISSUER = "Hajar"
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # localhost
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES  # else everyone behind the proxy shares one count of wrong passwords
SESSION_COOKIE_AGE = 14 * 24 * 3600
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- what the browser may do -------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {"camera": ["self"], "geolocation": ["self"]} | {
    feature: []
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "display-capture", "encrypted-media", "gyroscope",
        "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
    )
}  # fmt: skip
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "hajar.views.csrf_failure"
if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading HSTS binds the whole domain: that is its owner's decision

# --- languages ---------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("ar", _("Arabic")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "hajar" / "locale"]
FORMAT_MODULE_PATH = "hajar.formats"
TIME_ZONE = "Africa/Casablanca"
USE_TZ = True

# --- mail and logs -----------------------------------------------------------------------------------------------

vars().update(EMAIL)
# Who hears of a failed backup; without it the administrators do.
HAJAR_ALARM_EMAIL = env.list("HAJAR_ALARM_EMAIL", default=[])
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("HAJAR_EMAIL_FROM", default="hajar@localhost")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "hajar.logs.DiscreetFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django's own handlers print the error with the values in it, or mail them: ours is enough.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
if SENTRY_DSN := env.str("HAJAR_SENTRY_DSN", default=""):
    from hajar import logs

    logs.report_to_sentry(SENTRY_DSN)
