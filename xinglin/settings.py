"""Django's settings, all from the environment (docs/OPERATIONS.md). A wrong value stops the start with a sentence."""

from __future__ import annotations

from pathlib import Path

from xinglin.lib import environment, logs, postgres

BASE_DIR = Path(__file__).resolve().parent.parent

_said = environment.read()
VAR_DIR = _said.var
MODE = _said.mode
DEMO_CITY = _said.demo_city
DEBUG = _said.debug
SECRET_KEY = _said.secret_key
SEALING_KEY = _said.sealing_key
ALLOWED_HOSTS = _said.allowed_hosts
SMS_SENDER = _said.sms_sender
SMS_GATEWAY = _said.sms_gateway
MAIL_SERVER = _said.mail_server
MAIL_PASSWORD = _said.mail_password
MAIL_FROM = _said.mail_from
WECHAT = _said.wechat
PROXIES = _said.proxies
PORT = _said.port
BACKUPS = _said.backups
TLS_FOLDER = _said.tls_folder
MONITORS = _said.monitors
MONITOR_TOKEN = _said.monitor_token
CONSOLE_HOST, CONSOLE_URLCONF = _said.console_host, "xinglin.office.console_urls"
LOGGING = logs.configuration(level=_said.log_level)

INSTALLED_APPS = [
    "xinglin.cities",  # first, because its migrate stands for Django's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_cotton",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "treebeard",
    "procrastinate.contrib.django",
    "xinglin.lib.web",
    "xinglin.audit",
    "xinglin.accounts",
    "xinglin.notices",
    "xinglin.organisation",
    "xinglin.circulars",
    "xinglin.people",
    "xinglin.diary",
    "xinglin.timebank",
    "xinglin.hours",
    "xinglin.transparency",
    "xinglin.projects",
    "xinglin.activities",
    "xinglin.recognition",
    "xinglin.benefits",
    "xinglin.home",
    "xinglin.office",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xinglin.lib.metrics.MetricsMiddleware",
    "csp.middleware.CSPMiddleware",
    "xinglin.lib.web.middleware.NulMiddleware",
    "xinglin.cities.middleware.CityMiddleware",
    "xinglin.lib.web.once.OnceMiddleware",
    "xinglin.office.middleware.SessionMiddleware",  # Django's, and the console's own
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "xinglin.accounts.middleware.SecondFactorMiddleware",
    "xinglin.office.middleware.OperatorMiddleware",
    "xinglin.lib.web.middleware.NoStoreMiddleware",
    "xinglin.lib.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "xinglin.urls"
WSGI_APPLICATION = "xinglin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "xinglin" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "xinglin.lib.web.context.look",
                "xinglin.home.context.desk",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "xinglin.lib.web.templatetags.xinglin_tags"],
        },
    }
]
COTTON_DIR = "components"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home:home"
# allauth must not look for an e-mail address: ours have none.
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
MFA_ADAPTER = "xinglin.accounts.adapter.SealingAdapter"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # every app's jobs.py

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "xinglin" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "xinglin" / "static"]
STORAGES = {
    "default": {"BACKEND": "xinglin.cities.files.CityStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
# Behind HTTPS the proxy says so in a header, which it must also strip from what comes from outside. Where the site
# speaks HTTPS itself, nobody stands between, and the header would be the visitor's own word.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _said.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _said.https and not _said.own_tls else None
SECURE_HSTS_SECONDS = _said.hsts_days * 24 * 3600 if _said.https else 0

# One city is one schema (docs/decisions/0004-cities.md): everything below follows the city that one is in.
TENANT_MODEL, TENANT_DOMAIN_MODEL = "cities.City", "cities.Hostname"
DATABASE_ROUTERS = ["xinglin.cities.routing.Router"]
SESSION_ENGINE = "xinglin.cities.sessions"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "xinglin.cities.caching.key_in_city",
    }
}
# Rosters and papers are never written to a disk unsealed: what is larger than this is not received at all.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
MEDIA_ROOT = VAR_DIR / "media"  # one folder in it for each city
ADDRESSES_WITHOUT_CITY = {"/health/", "/ready/", "/metrics"}  # asked by monitors, which know no city's name

# Without an address it is the cluster of our own, which `manage.py` and `make demo` start.
DATABASES = {
    "default": environment.database(_said.database_url or postgres.own_url(VAR_DIR), pool_size=_said.pool_size)
    | {"ENGINE": "xinglin.cities.postgresql"}
}
