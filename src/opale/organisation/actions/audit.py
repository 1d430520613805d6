"""Entries of the audit log: written with what they are about, deleted when they are old."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from opale.kernel.actor import ANONYMOUS, Actor
from opale.kernel.clock import now
from opale.kernel.isolation import as_application
from opale.organisation.models import AuditEntry, User
from opale.organisation.queries.identity import actor_of

Event = AuditEntry.Event
BLOCKED_EVERY = timedelta(minutes=5)
"""Time in which a login that stays blocked is recorded once, however often it is tried."""
DELETED_AT_ONCE = 10_000


def record_event(
    event: AuditEntry.Event,
    *,
    by: Actor = ANONYMOUS,
    login: str = "",
    details: str = "",
    request: HttpRequest | None = None,
) -> None:
    """Record what happened to a login, in the transaction in which it happens."""
    seen: dict[str, Any] = {}
    if request is not None:
        seen = {
            "ip": get_adapter().get_client_ip(request) or None,
            "user_agent": request.headers.get("User-Agent", "")[:200],
        }
    known = by.kind != "anonymous"
    # A request by a customer's contact may end a token of its own, and not read this table.
    with as_application():
        AuditEntry.objects.create(
            event=event,
            actor=by.key[:200] if known else "",
            actor_name=by.name[:200] if known else "",
            login=_printable(login)[:254],
            details=_printable(details)[:500],
            **seen,
        )


def record_failed_login(
    event: AuditEntry.Event, *, login: str, request: HttpRequest, details: str = ""
) -> None:
    """Record a login that failed; one that stays blocked is recorded once in BLOCKED_EVERY."""
    if event == Event.LOGIN_BLOCKED:
        recent = AuditEntry.objects.filter(event=event, at__gt=now() - BLOCKED_EVERY)
        if recent.filter(login=_printable(login)[:254]).exists():
            return
    record_event(event, login=login, request=request, details=details)


def record_login(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Record a login that was completed, second factor included."""
    record_event(Event.LOGIN, by=actor_of(user), login=user.email, request=request)


def record_logout(*, request: HttpRequest, user: User | None, **_signal: Any) -> None:
    """Record a log-out of somebody who was logged in."""
    if user is not None:
        record_event(Event.LOGOUT, by=actor_of(user), login=user.email, request=request)


def record_changed_password(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Record a password that its owner changed."""
    record_event(Event.PASSWORD_CHANGED, by=actor_of(user), login=user.email, request=request)


def record_failed_factor(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Record a second factor that was wrong, after a right password."""
    kind = str(Authenticator.Type.TOTP.label)
    record_failed_login(Event.LOGIN_FAILED, login=user.email, request=request, details=kind)


def record_added_factor(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any
) -> None:
    """Record a second factor, or passkey, that its owner added, or recovery codes made anew."""
    kind = str(authenticator.get_type_display())
    record_event(
        Event.FACTOR_ADDED, by=actor_of(user), login=user.email, request=request, details=kind
    )


def record_removed_factor(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any
) -> None:
    """Record a second factor, or passkey, that its owner removed."""
    kind = str(authenticator.get_type_display())
    record_event(
        Event.FACTOR_REMOVED, by=actor_of(user), login=user.email, request=request, details=kind
    )


def delete_old_entries() -> int:
    """Delete entries that are older than the setting says; return how many."""
    old = AuditEntry.objects.filter(at__lt=now() - settings.AUDIT_KEPT_FOR).order_by("at")
    found = list(old.values_list("pk", flat=True)[:DELETED_AT_ONCE])
    AuditEntry.objects.filter(pk__in=found).delete()
    return len(found)


def _printable(text: str) -> str:
    """Return the text without control characters: the database takes no NUL, a log no new line."""
    return "".join(one for one in text if one.isprintable())
