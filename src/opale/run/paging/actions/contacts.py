"""A person's contact methods, each verified by a code, and quiet hours.

Source: docs/rules/paging.md, "Contact methods".
"""

from datetime import time, timedelta
from typing import Final

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.phone_numbers import e164
from opale.messaging.domain.channel_delivery import channel_scheme
from opale.organisation.queries.reference import home_country
from opale.run.paging.actions.address_encryption import encrypt_address
from opale.run.paging.actions.delivery import mail_contact_message
from opale.run.paging.actions.verification_codes import is_valid_code
from opale.run.paging.actions.web_push import Subscription, is_valid_key
from opale.run.paging.models import ContactMethod, Gateway, QuietHours
from opale.run.paging.rights import OWN

CONTACT_MESSAGE_JOB: Final = "paging.send_words"
CODE_LIFETIME: Final = timedelta(minutes=15)
MAX_CODE_TRIES: Final = 5
MAX_METHODS: Final = 12
MAX_DELAY: Final = timedelta(hours=1)
Kind = ContactMethod.Kind


def add_method(
    *, kind: str, address: str, after: timedelta, gateway: Gateway | None = None, by: Actor
) -> ContactMethod:
    """Add a contact method of one's own and send the code that verifies it.

    Errors: NotAllowed, Invalid, Conflict (too many).
    """
    person_id = _own(by)
    address, label = _checked(kind, address.strip(), gateway)
    if not timedelta() <= after <= MAX_DELAY:
        raise Invalid(after=_("Choose a delay between 0 and 60 minutes."))
    with attributed(by):
        if ContactMethod.objects.filter(person=person_id).count() >= MAX_METHODS:
            raise Conflict(
                _("At most %(most)s contact methods per person.") % {"most": MAX_METHODS}
            )
        made = ContactMethod.objects.create(
            person_id=person_id,
            kind=kind,
            gateway=gateway,
            address=encrypt_address(address),
            label=label,
            after=after,
        )
        _send_code(made)
        _tell(made)
    return made


def add_browser(subscription: Subscription, *, label: str, by: Actor) -> ContactMethod:
    """Add the browser in which one is logged in: it needs no code. Errors: NotAllowed, Invalid."""
    person_id = _own(by)
    if (
        not subscription.endpoint.startswith(("https://", "http://"))
        or not is_valid_key(subscription.p256dh, 65)
        or not is_valid_key(subscription.auth, 16)
    ):
        raise Invalid(subscription=_("Not a valid browser subscription."))
    with attributed(by):
        made = ContactMethod.objects.create(
            person_id=person_id,
            kind=Kind.PUSH,
            address=encrypt_address(msgspec.json.encode(subscription).decode()),
            label=" ".join(label.split())[:150] or str(Kind.PUSH.label),
            verified_at=clock.now(),
        )
        _tell(made)
    return made


def send_code(method: ContactMethod, *, by: Actor) -> None:
    """Send another code. Errors: NotFound, Conflict (verified already; one was sent just now)."""
    with attributed(by):
        held = _held(method, by)
        if held.verified_at is not None:
            raise Conflict(_("Already verified."))
        fresh = held.code_until and held.code_until > clock.now() + CODE_LIFETIME - timedelta(
            minutes=1
        )
        if fresh:
            raise Conflict(_("A code was just sent. Wait a minute before asking for another."))
        _send_code(held)


def verify_method(method: ContactMethod, code: str, *, by: Actor) -> None:
    """Verify a contact method by its code: from now on it is paged.

    Errors: NotFound, Invalid (the code), Conflict (too late).
    """
    refusal = ""
    with attributed(by):
        held = _held(method, by)
        if (
            held.code_until is None
            or held.code_until < clock.now()
            or held.code_tries >= MAX_CODE_TRIES
        ):
            raise Conflict(_("This code has expired. Ask for a new one."))
        if is_valid_code(held, code):
            held.verified_at, held.code_until = clock.now(), None
            held.save(update_fields=["verified_at", "code_until"])
            _tell(held)
        else:
            held.code_tries += 1
            held.save(update_fields=["code_tries"])
            refusal = _("Wrong code.")
    if refusal:
        raise Invalid(code=refusal)


def edit_method(method: ContactMethod, *, after: timedelta | None = None, by: Actor) -> None:
    """Set after how long it is paged. Errors: NotFound, NotAllowed, Invalid."""
    with attributed(by):
        held = _held(method, by)
        held.after = held.after if after is None else after
        if not timedelta() <= held.after <= MAX_DELAY:
            raise Invalid(after=_("Choose a delay between 0 and 60 minutes."))
        held.save(update_fields=["after"])
        _tell(held)


def remove_method(method: ContactMethod, *, by: Actor) -> None:
    """Remove a contact method of one's own. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = _held(method, by)
        _tell(held)
        held.delete()


def send_test(method: ContactMethod, *, by: Actor) -> None:
    """Send a test to a contact method, which keeps the answer. Errors: NotFound, Conflict."""
    with attributed(by):
        held = _held(method, by)
        if held.verified_at is None:
            raise Conflict(_("Verify this contact method first."))
        _send_words(held, "trial")


def set_quiet_hours(since: time | None, until: time | None, *, by: Actor) -> None:
    """Set the hours in which only urgent pages are sent, or none. Errors: NotAllowed, Invalid."""
    person_id = _own(by)
    with attributed(by):
        if since is None or until is None:
            QuietHours.objects.filter(person=person_id).delete()
        elif since == until:
            raise Invalid(until=_("Quiet hours must start and end at different times."))
        else:
            QuietHours.objects.update_or_create(
                person_id=person_id, defaults={"since": since, "until": until}
            )
        live_topics.publish(f"paging.contacts:{person_id}")


def _own(by: Actor) -> int:
    if by.person_id is None or not by.can(OWN):
        raise NotAllowed
    return by.person_id


def _held(method: ContactMethod, by: Actor) -> ContactMethod:
    rows = ContactMethod.objects.visible_to(by).filter(pk=method.pk, person=_own(by))
    held = rows.select_for_update(of=("self",)).select_related("person__user").first()
    if held is None:
        raise NotFound
    return held


def _send_code(method: ContactMethod) -> None:
    method.code_until, method.code_tries = clock.now() + CODE_LIFETIME, 0
    method.save(update_fields=["code_until", "code_tries"])
    _send_words(method, "code")


def _send_words(method: ContactMethod, kind: str) -> None:
    if method.kind == Kind.MAIL:
        mail_contact_message(method, kind)
    else:
        # One at a time for each person, so that nobody's slow receivers hold those of others up.
        lock = f"paging.contacts:{method.person_id}"
        sending = app.configure_task(CONTACT_MESSAGE_JOB, lock=lock)
        sending.defer(method_id=method.pk, kind=kind)


def _checked(kind: str, address: str, gateway: Gateway | None) -> tuple[str, str]:
    """Return the checked address and the label under which people see it."""
    if kind == Kind.MAIL:
        try:
            validate_email(address)
        except ValidationError:
            raise Invalid(address=_("Not a valid email address.")) from None
        return address, address
    if kind == Kind.GATEWAY:
        number = e164(address, home_country())
        if gateway is None or not gateway.is_on:
            raise Invalid(gateway=_("Choose an SMS or voice provider."))
        if not number:
            raise Invalid(address=_("Not a valid phone number."))
        return number, f"{gateway.name} · {number}"
    if kind == Kind.CHANNEL:
        scheme = channel_scheme(address)
        if not scheme:
            raise Invalid(address=_("Opale cannot send to this kind of address."))
        return address, scheme
    raise Invalid(kind=_("This provider does not exist."))


def _tell(method: ContactMethod) -> None:
    live_topics.publish(f"paging.contacts:{method.person_id}")
