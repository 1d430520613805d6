"""Actions on API tokens, which are hashed, narrowed, expiring and shown once."""

from collections.abc import Collection
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from opale.kernel.isolation import as_application
from opale.organisation import rights
from opale.organisation.actions.audit import record_event
from opale.organisation.models import ApiToken, AuditEntry, User
from opale.organisation.queries.identity import token_digest

PREFIX = "opale_"
LONGEST = timedelta(days=366)
RECORD_EVERY = timedelta(minutes=1)
DAY = timedelta(days=1)
MOST_VALID = 20
"""Valid tokens of one login."""
MOST_A_DAY = 50
"""Tokens that one login makes in a day, revoked ones included."""


def create_token(
    *, by: Actor, name: str, lifetime: timedelta, scopes: Collection[str] = ()
) -> tuple[ApiToken, str]:
    """Make a token of the actor's own; return it with the secret, which is not stored.

    `scopes` are rights; none means all that the actor holds, now and later. A token made by a
    token has at most its scopes, and ends with it.
    Errors: NotAllowed, Invalid, Conflict, TooMany.
    """
    if by.user_id is None or not by.can(rights.TOKENS):
        raise NotAllowed
    name = name.strip()
    if not name:
        raise Invalid(name=_("Enter the name of the program that will use this token."))
    if not timedelta(0) < lifetime <= LONGEST:
        raise Invalid(days=_("A token is valid for one day to one year."))
    if unheld := sorted(scope for scope in scopes if not by.can(scope)):
        raise Invalid(
            scopes=_("You don't have these rights: %(rights)s.") % {"rights": ", ".join(unheld)}
        )
    _refuse_too_many(by.user_id)
    expires_at = now() + lifetime
    secret = PREFIX + token_urlsafe(32)
    with attributed(by):
        maker = _lock_maker(by)
        if maker is not None:
            scopes = scopes or maker.scopes
            expires_at = min(expires_at, maker.expires_at)
        token = ApiToken.objects.create(
            user_id=by.user_id,
            made_by=maker,
            name=name,
            prefix=secret[:12],
            digest=token_digest(secret),
            scopes=sorted(scopes),
            expires_at=expires_at,
        )
        record_event(
            AuditEntry.Event.TOKEN_CREATED, by=by, login=_login_of(by.user_id), details=_said(token)
        )
    return token, secret


def _lock_maker(by: Actor) -> ApiToken | None:
    """Return the token that asks, which nobody revokes meanwhile; None for a person.

    Errors: NotAllowed (revoked).
    """
    if by.token_id is None:
        return None
    valid = ApiToken.objects.filter(pk=by.token_id, revoked_at=None)
    maker = valid.select_for_update().first()
    if maker is None:
        raise NotAllowed
    return maker


def _refuse_too_many(user_id: int) -> None:
    """Errors: Conflict (too many that are valid), TooMany (made within a day)."""
    at, own = now(), ApiToken.objects.filter(user_id=user_id)
    if own.filter(revoked_at=None, expires_at__gt=at).count() >= MOST_VALID:
        limit = {"limit": MOST_VALID}
        raise Conflict(_("A login has at most %(limit)s tokens: revoke one first.") % limit)
    lately = own.filter(created_at__gt=at - DAY).order_by("-created_at")
    made = list(lately.values_list("created_at", flat=True)[:MOST_A_DAY])
    if len(made) == MOST_A_DAY:
        raise TooMany(made[-1] + DAY - at)


def revoke_token(token_id: int, *, by: Actor) -> None:
    """End a token at once, with those that it made: one's own, or anybody's for an administrator.

    Idempotent.
    Errors: NotFound, NotAllowed.
    """
    if not by.can(rights.TOKENS):
        raise NotAllowed
    with attributed(by):
        token = ApiToken.objects.visible_to(by).select_for_update().filter(pk=token_id).first()
        if token is None:
            raise NotFound
        if token.revoked_at is None:
            _revoke(token, by)


def revoke_all_tokens(user: User, *, by: Actor) -> None:
    """End every token of a login, with its access or its password."""
    while token := _lock_valid(user=user):
        _revoke(token, by)


def _revoke(token: ApiToken, by: Actor) -> None:
    """End a token, then those that it made; each leaves an entry in the audit log."""
    token.revoked_at = now()
    token.save(update_fields=["revoked_at"])
    record_event(
        AuditEntry.Event.TOKEN_REVOKED, by=by, login=_login_of(token.user_id), details=_said(token)
    )
    while made := _lock_valid(made_by=token):
        _revoke(made, by)


def _lock_valid(**whose: Any) -> ApiToken | None:
    """Return one of these tokens that is not revoked yet, the oldest first."""
    found = ApiToken.objects.select_for_update().filter(revoked_at=None, **whose)
    return found.order_by("pk").first()


def _said(token: ApiToken) -> str:
    """Return how a token is named in the audit log: its name, its beginning and its scopes."""
    return f"{token.name} ({token.prefix}…): {', '.join(token.scopes) or '*'}"


def _login_of(user_id: int) -> str:
    # The portal role reads no login.
    with as_application():
        return User.objects.values_list("email", flat=True).get(pk=user_id)


def record_token_use(token: ApiToken) -> None:
    """Record that a token was used, at most once a minute, so that unused ones can be found."""
    before = now() - RECORD_EVERY
    if token.last_used_at is not None and token.last_used_at >= before:
        return
    ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=before), pk=token.pk).update(
        last_used_at=now()
    )
    token.last_used_at = now()  # Tokens are cached: this object may be used again.
