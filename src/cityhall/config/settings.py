"""Django's settings. What a city may change comes from the environment; see docs/reference/settings.md."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from cityhall.config import environment
from cityhall.kernel.django.logs import logging_config

# Many small sums: the threads of the arithmetic library would only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

PACKAGE = Path(__file__).resolve().parent.parent
CITYHALL_DATA = environment.data_folder()
CITYHALL_DEMO = environment.flag("CITYHALL_DEMO")
PUBLIC_URL = environment.setting("CITYHALL_PUBLIC_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip(
    "/"
)

SECRET_KEY = environment.secret("secret_key")
SECRET_KEY_FALLBACKS = environment.former_secrets("secret_key")
DEBUG = environment.flag("CITYHALL_DEBUG")
ALLOWED_HOSTS = environment.words("CITYHALL_HOSTS", f"127.0.0.1,localhost,[::1],{urlsplit(PUBLIC_URL).hostname or ''}")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")
BEHIND_PROXY = environment.flag("CITYHALL_BEHIND_PROXY")

INSTALLED_APPS = [
    "cityhall.config",
    "cityhall.kernel.django",
    "cityhall.apps.identity",
    "cityhall.apps.places",
    "cityhall.apps.documents",
    "cityhall.apps.notify",
    "cityhall.apps.service_requests",
    "cityhall.apps.routing",
    "cityhall.apps.answers",
    "cityhall.apps.offices",
    "cityhall.apps.opendata",
    "cityhall.apps.dashboards",
    "cityhall.apps.triage",
    "cityhall.apps.estimates",
    "cityhall.apps.website",
    "cityhall.apps.work_orders",
    "cityhall.apps.subscriptions",
    "cityhall.apps.day_plans",
    "cityhall.apps.setup",
    "cityhall.apps.records",
    "cityhall.apps.referrals",
    "cityhall.apps.crews",
    *(["cityhall.demo"] if CITYHALL_DEMO else []),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "procrastinate.contrib.django",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

HEADERS_OF_EVERY_ANSWER = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cityhall.config.content_policy.ContentPolicyMiddleware",
]
MIDDLEWARE = [
    "cityhall.kernel.django.programs.ProgramDoorsMiddleware",
    "cityhall.kernel.django.request_ids.RequestIdMiddleware",
    "cityhall.kernel.django.request_log.RequestLogMiddleware",
    *HEADERS_OF_EVERY_ANSWER,
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cityhall.kernel.django.pages.LanguageChoiceMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cityhall.apps.identity.web.middleware.ActorMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cityhall.kernel.django.refusals.RefusalMiddleware",
    "cityhall.apps.website.web.middleware.CmsMiddleware",
]

ROOT_URLCONF = "cityhall.config.urls"
WSGI_APPLICATION = "cityhall.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "cityhall.kernel.django.pages.shell",
            ],
        },
    }
]

DATABASES = {"default": environment.django_database(environment.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "cityhall.apps.identity.web.passwords.MaximumLength"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LOGIN_URL = "account_login"
#: Where a page of staff sends whoever is not signed in.
STAFF_LOGIN_URL = "staff-sign-in"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cityhall.apps.identity.web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_FORMS = {
    "login": "cityhall.apps.identity.web.forms.StaffLoginForm",
    "reset_password": "cityhall.apps.identity.web.forms.StaffResetPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
MFA_ADAPTER = "cityhall.apps.identity.web.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # the step before and after count too: clocks differ, people type slowly (RFC 6238, 5.2)
MFA_FORMS = {
    "add_webauthn": "cityhall.apps.identity.web.forms.AddPasskeyForm",
    "edit_webauthn": "cityhall.apps.identity.web.forms.RenamePasskeyForm",
}
SOCIALACCOUNT_ADAPTER = "cityhall.apps.identity.web.sso.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
CITYHALL_SSO = environment.single_sign_on()
CITYHALL_SSO_CLIENT_SECRET = environment.given_secret("sso_client_secret", "CITYHALL_SSO_CLIENT_SECRET")
USERSESSIONS_TRACK_ACTIVITY = False
WAGTAILADMIN_LOGIN_URL = "account_login"
EMAIL_BACKEND = "cityhall.kernel.django.mail_backend.PortBackend"

# The sign-in limits and used one-time codes live here, so they must hold in every process: the database, not memory.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "identity_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["cityhall.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = Path(os.environ.get("CITYHALL_STATIC") or CITYHALL_DATA / "static")
WHITENOISE_MAX_AGE = 60
STORAGES = {
    "default": {"BACKEND": "cityhall.apps.documents.public.CleanStorage"},
    "staticfiles": {"BACKEND": "cityhall.kernel.django.assets.AssetStorage"},
}
CITYHALL_PHONE_COUNTRY = os.environ.get("CITYHALL_PHONE_COUNTRY", "1")
CITYHALL_SMS_PER_DAY = int(os.environ.get("CITYHALL_SMS_PER_DAY") or 1000)
CITYHALL_ANALYTICS = environment.spark_server("CITYHALL_ANALYTICS")
CITYHALL_SNAPSHOTS = os.environ.get("CITYHALL_SNAPSHOTS", "")
CITYHALL_SNAPSHOT_DAYS = max(1, int(os.environ.get("CITYHALL_SNAPSHOT_DAYS") or 90))
CITYHALL_SOURCE_FOLDER = Path(os.environ.get("CITYHALL_SOURCE_FOLDER") or CITYHALL_DATA / "sources")
CITYHALL_SOURCE_NETWORKS = environment.networks("CITYHALL_SOURCE_NETWORKS")
CITYHALL_SODA_TOKEN = environment.given_secret("soda_token", "CITYHALL_SODA_TOKEN")
CITYHALL_WORK_ORDER_NETWORKS = environment.networks("CITYHALL_WORK_ORDER_NETWORKS")
CITYHALL_COPY = environment.flag("CITYHALL_COPY")  # set by `serve --copy` alone
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
CITYHALL_PHOTO_BYTES = int(os.environ.get("CITYHALL_PHOTO_BYTES") or 20 * 1024 * 1024)
CITYHALL_PHOTO_PIXELS = int(os.environ.get("CITYHALL_PHOTO_PIXELS") or 50_000_000)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# Under this prefix browsers take the cookies only over https, and from this very host.
SESSION_COOKIE_NAME = "__Host-sessionid" if SECURE else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "cityhall.kernel.django.pages.csrf_refused"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CMS_CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'unsafe-inline'", "'unsafe-eval'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
    }
}

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(os.environ.get("CITYHALL_LOG_LEVEL", "INFO"))
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# A client that names another jurisdiction is refused; "" takes whatever it names.
OPEN311_JURISDICTION = environment.setting("CITYHALL_JURISDICTION")

WAGTAIL_SITE_NAME = "Cityhall"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_MODEL = "website.CityImage"
WAGTAILDOCS_DOCUMENT_MODEL = "website.CityDocument"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # would tell another company who works here
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_MAX_UPLOAD_SIZE = 40 * 1024 * 1024
