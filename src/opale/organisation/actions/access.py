"""Actions on logins: opening, closing, new passwords, sessions, preferences."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now, time_zones
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation import rights
from opale.organisation.actions.audit import record_event
from opale.organisation.actions.tokens import revoke_all_tokens
from opale.organisation.models import AuditEntry, Language, Person, User
from opale.organisation.queries.identity import actor_of

INVITATION_JOB = "organisation.send_invitation"
RESET_JOB = "organisation.send_password_reset"
RESET_MAIL = "account/email/password_reset_key"
UNKNOWN_MAIL = "account/email/unknown_account"
RECORD_EVERY = timedelta(minutes=1)
LONGEST_USER_AGENT = 200


def invite(person: Person, *, by: Actor) -> User:
    """Give a person a login, or open it again, and mail the link; a repetition sends it again.

    Errors: NotFound, NotAllowed, Conflict (has left; the address belongs to another login).
    """
    with attributed(by):
        row = lock_row(Person.objects.filter(pk=person.pk), by, rights.ADMINISTER)
        if row.left_on is not None:
            raise Conflict(_("This person has left the company."))
        spoken = [code for code in row.languages if code in Language.values]
        user = open_login(
            row.user_id,
            by=by,
            email=row.email,
            kind=User.Kind.EMPLOYEE,
            language=spoken[0] if spoken else row.company.language,
            time_zone=row.time_zone,
        )
        update_changed(row, {"user": user})
        live_topics.publish(f"organisation.person:{row.pk}")
    return user


def open_login(
    user_id: int | None,
    *,
    by: Actor,
    email: str,
    kind: User.Kind,
    language: str,
    time_zone: str,
) -> User:
    """Open this login again, or make one, and mail the link.

    Called inside the action of an app that knows whose login it is and has checked the right.

    Errors: Conflict (the address belongs to another login).
    """
    if user_id is None:
        taken = Conflict(_("Another login already has this email address."))
        with translate_violations(user_email_once=taken, organisation_user_email_key=taken):
            user = User.objects.create_user(
                email, kind=kind, language=language, time_zone=time_zone
            )
    else:
        user = User.objects.select_for_update().get(pk=user_id)
        update_changed(user, {"is_active": True})
    record_event(AuditEntry.Event.ACCESS_GIVEN, by=by, login=user.email)
    app.configure_task(INVITATION_JOB).defer(user_id=user.pk)
    return user


def change_login_email(user_id: int, email: str, *, by: Actor) -> None:
    """Change the address of a login. Errors: Invalid (another login has it)."""
    taken = Invalid(email=_("Another login already has this email address."))
    with translate_violations(user_email_once=taken, organisation_user_email_key=taken):
        update_login(user_id, by=by, email=email)


def update_login(user_id: int, *, by: Actor, **fields: str) -> None:
    """Change columns of a login; another address is recorded in the audit log."""
    user = User.objects.select_for_update().get(pk=user_id)
    before = user.email
    if "email" in update_changed(user, fields):
        details = f"{before} → {user.email}"
        record_event(AuditEntry.Event.EMAIL_CHANGED, by=by, login=before, details=details)


def send_invitation(user_id: int) -> None:
    """Mail the link for choosing a password. Outside any transaction; retried by its job."""
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        return
    with translation.override(user.language):
        link = settings.BASE_URL + invitation_path(user)
        text = render_to_string("organisation/mail/invitation.txt", {"user": user, "link": link})
        send_mail(_("Your access to Opale"), text, None, [user.email])


def invitation_path(user: User) -> str:
    """Return the path at which this login's password is chosen, without the host."""
    return _path_of_key(f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}")


def _path_of_key(key: str) -> str:
    return reverse("account_reset_password_from_key", args=key.split("-", 1))


def reset_link(key: str) -> str:
    """Return the link by which a password is chosen, at the address of the settings."""
    return settings.BASE_URL + _path_of_key(key)


@dataclass(frozen=True, slots=True)
class Site:
    """What mails of the login library name as their sender."""

    name: str
    domain: str


def site() -> Site:
    """Return the host of the settings, never that of a request, which anybody may choose."""
    return Site(settings.MAIL_HOSTNAME, settings.MAIL_HOSTNAME)


def request_password_reset(email: str) -> None:
    """Have the answer to a forgotten password mailed to this address, known or not."""
    app.configure_task(RESET_JOB).defer(email=email, language=translation.get_language() or "en")


def send_password_reset(email: str, *, language: str) -> None:
    """Mail the link for a new password, or that there is no such login. Retried by its job."""
    # Never without case by the database, for which "ı" is an "i" and "ſ" an "s": a domain that only
    # looks like that of a login would be sent its link.
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    about: dict[str, Any] = {"email": email, "current_site": site()}
    with translation.override(user.language if user else language):
        if user is not None:
            link = settings.BASE_URL + invitation_path(user)
            about |= {"user": user, "password_reset_url": link}
        else:
            about["signup_url"] = settings.BASE_URL + reverse("account_signup")
        template = RESET_MAIL if user is not None else UNKNOWN_MAIL
        get_adapter().render_mail(template, email, about).send()


def end_old_credentials(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """End every API token of a login whose password was chosen anew, by a mailed link.

    Whoever asks for that may have lost control of the login. Its sessions end with the password.
    """
    by = actor_of(user)
    with attributed(by):
        record_event(AuditEntry.Event.PASSWORD_RESET, by=by, login=user.email, request=request)
        revoke_all_tokens(user, by=by)


def close_access(person: Person, *, by: Actor) -> None:
    """Close a person's login; every session and token ends at once.

    Errors: NotFound, NotAllowed, Conflict (no login; one's own).
    """
    with attributed(by):
        row = lock_row(Person.objects.filter(pk=person.pk), by, rights.ADMINISTER)
        if row.user_id is None:
            raise Conflict(_("This person has no login."))
        if row.user_id == by.user_id:
            raise Conflict(_("You cannot revoke your own access."))
        end_login(row.user_id, by=by)
        live_topics.publish(f"organisation.person:{row.pk}")


def end_login(user_id: int, *, by: Actor) -> None:
    """Close a login and end its tokens, its sessions and their live streams."""
    user = User.objects.select_for_update().get(pk=user_id)
    update_changed(user, {"is_active": False})
    record_event(AuditEntry.Event.ACCESS_CLOSED, by=by, login=user.email)
    revoke_all_tokens(user, by=by)
    _end(UserSession.objects.filter(user=user))


def end_session(session_id: int, *, by: Actor) -> None:
    """End one of the actor's own sessions, with its live stream. Errors: NotFound."""
    with attributed(by):
        found = UserSession.objects.filter(pk=session_id, user_id=by.user_id)
        session = found.select_related("user").first()
        if session is None:
            raise NotFound(_("This session has already ended."))
        record_event(
            AuditEntry.Event.SESSION_ENDED, by=by, login=session.user.email, details=session.ip
        )
        _end(found)


def _end(sessions: "QuerySet[UserSession]") -> None:
    keys = list(sessions.values_list("session_key", flat=True))
    sessions.delete()
    # Not in bulk: each deletion sends the signal that ends a live stream.
    for session in Session.objects.filter(session_key__in=keys):
        session.delete()


_noted: dict[str, datetime] = {}
"""When this process last checked each session's record; other processes check for themselves."""
SESSIONS_REMEMBERED = 10_000


def record_session_use(request: HttpRequest) -> None:
    """Record from where and when a session was used, at most once a minute, for its owner."""
    key, at = request.session.session_key or "", now()
    if key in _noted and timedelta() <= at - _noted[key] < RECORD_EVERY:
        return
    if len(_noted) >= SESSIONS_REMEMBERED:
        _noted.clear()
    _noted[key] = at
    known = UserSession.objects.filter(session_key=key)
    if known.filter(last_seen_at__gt=at - RECORD_EVERY).exists():
        return
    seen = {
        "last_seen_at": at,
        "ip": get_adapter().get_client_ip(request),
        "user_agent": request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT],
    }
    if not known.update(**seen):
        UserSession.objects.create_from_request(request)


def set_preferences(*, by: Actor, language: str, time_zone: str) -> None:
    """Set language and time zone of pages and mails to this login. Errors: NotAllowed, Invalid."""
    if by.user_id is None:
        raise NotAllowed
    if language not in Language.values:
        raise Invalid(language=_("Opale is not available in this language."))
    if time_zone not in time_zones():
        raise Invalid(time_zone=_("Not a valid time zone."))
    with attributed(by):
        user = User.objects.select_for_update().get(pk=by.user_id)
        update_changed(user, {"language": language, "time_zone": time_zone})
