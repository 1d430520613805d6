"""Typed settings from the environment. A bad value stops the start with one sentence."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


class BadSetting(SystemExit):
    """A setting is missing or cannot be understood: its name, and what is expected."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"opale: the setting {name} {expected}")


def text(name: str, default: str | None = None) -> str:
    """Return the value of `name`, or the content of the file that `<name>_FILE` points to."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(
                f"{name}_FILE", f"names a file that cannot be read: {error}"
            ) from error
    value = os.environ.get(name, default)
    if value is None:
        raise BadSetting(name, "is required and not set")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "")
    if value == "":
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name, f"must be true or false, not {value!r}")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise BadSetting(name, f"must be a whole number, not {value!r}") from None


def address(name: str) -> tuple[str, int] | None:
    """Parse `host:port` to listen on, `[::1]:24` for IPv6; None where it is not set."""
    value = os.environ.get(name, "")
    if not value:
        return None
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.netloc != value or "@" in value:
        raise BadSetting(name, f"must look like 127.0.0.1:24, not {value!r}")
    return host, port


def words(name: str, default: str = "") -> list[str]:
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]


PREPARED = 5
"""Number of runs after which the driver prepares a statement by itself, with separate values."""
SESSION = {
    # Only what is always the same statement is prepared (opale.kernel.prepared_statements), and
    # planned once: left to itself PostgreSQL plans it five times, and some each time, which takes
    # longer than it saves.
    "plan_cache_mode": "force_generic_plan",
    # Such a plan is generic and looks expensive: parallel workers, or compiled code, for each
    # of a thousand short queries a second take longer than the queries.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}


def database(name: str, url: str, *, role: str) -> dict[str, object]:
    """Return Django's database settings for a `postgresql://` URL; each session acts as `role`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise BadSetting(name, "must look like postgresql://user:password@host:port/database")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    session = {"role": role} | SESSION
    options["options"] = " ".join(f"-c {name}={value}" for name, value in session.items())
    options["prepare_threshold"] = (  # None: nothing is prepared
        PREPARED if flag("OPALE_PREPARED_STATEMENTS", default=True) else None
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        # A connection that the server closed while it was idle is replaced before it is used.
        "CONN_HEALTH_CHECKS": True,
    }


EMAIL_BACKENDS: Mapping[str, str] = {
    "smtp": "opale.messaging.actions.smtp_backend.EmailBackend",
    "smtps": "opale.messaging.actions.smtp_backend.EmailBackend",
    "file": "opale.messaging.actions.file_backend.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "memory": "django.core.mail.backends.locmem.EmailBackend",
}


EMAIL_KEYS: Mapping[str, str] = {
    "brevo": "BREVO_API_KEY",
    "mailersend": "MAILERSEND_API_TOKEN",
    "mailgun": "MAILGUN_API_KEY",
    "mailjet": "MAILJET_SECRET_KEY",
    "mailtrap": "MAILTRAP_API_TOKEN",
    "mandrill": "MANDRILL_API_KEY",
    "postmark": "POSTMARK_SERVER_TOKEN",
    "resend": "RESEND_API_KEY",
    "scaleway": "SCALEWAY_SECRET_KEY",
    "sendgrid": "SENDGRID_API_KEY",
    "sparkpost": "SPARKPOST_API_KEY",
    "test": "TEST_API_KEY",
}
"""Mail providers, and django-anymail's name for the password of each."""


def email(name: str, url: str) -> dict[str, object]:
    """Return Django's `EMAIL_*` settings for `smtp[s]://user:password@host:port`, `file://folder`,
    ...

    `anymail+mailgun://:key@?sender_domain=mg.example.net` is a provider: the password is its key,
    and the query string holds further settings.
    """
    parts = urlsplit(url)
    if parts.scheme.startswith("anymail+"):
        return _provider(name, parts)
    if parts.scheme not in EMAIL_BACKENDS:
        raise BadSetting(name, f"must begin with one of {', '.join(EMAIL_BACKENDS)} and ://")
    query = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": EMAIL_BACKENDS[parts.scheme],
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": query.get("starttls") == "1",
        "EMAIL_TIMEOUT": 20,
        "EMAIL_FILE_PATH": parts.path if parts.scheme == "file" else None,
        "EMAIL_PROVIDER": "",
        "ANYMAIL": {},
    }


def _provider(name: str, parts: SplitResult) -> dict[str, object]:
    provider = parts.scheme.removeprefix("anymail+")
    if provider not in EMAIL_KEYS:
        known = ", ".join(f"anymail+{one}" for one in EMAIL_KEYS if one != "test")
        raise BadSetting(name, f"names a provider that is none of {known}")
    if not parts.password and provider != "test":
        raise BadSetting(name, f"must look like anymail+{provider}://:key@")
    own = {EMAIL_KEYS[provider]: unquote(parts.password or "")}
    if parts.username:
        own[f"{provider.upper()}_API_KEY"] = unquote(parts.username)
    own |= {f"{provider}_{key}".upper(): value for key, value in parse_qsl(parts.query)}
    return email(name, "smtp://localhost") | {
        "EMAIL_BACKEND": "opale.messaging.actions.provider_backend.EmailBackend",
        "EMAIL_PROVIDER": provider,
        "ANYMAIL": own | {"REQUESTS_TIMEOUT": 20},
    }
