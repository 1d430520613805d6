"""Pushes of notifications to the browsers that a person verified as contact methods."""

from contextlib import suppress
from typing import Final

from cryptography.fernet import InvalidToken
from procrastinate.contrib.django import app

from opale.messaging.domain.channel_delivery import DeliveryRefused
from opale.run.paging.actions.delivery import send_by_method
from opale.run.paging.models import ContactMethod, ContactMethodQuerySet

PUSH_JOB: Final = "paging.push_notification"


def queue_push(person_id: int, text: str, url: str) -> None:
    """Push a text to a person's browsers once the transaction commits; to none where there is
    none.
    """
    if _browsers(person_id).exists():
        app.configure_task(PUSH_JOB).defer(person_id=person_id, text=text, url=url)


def push_to_browsers(person_id: int, text: str, url: str) -> int:
    """Send a text to each browser of a person, and return how many took it."""
    sent = 0
    for method in _browsers(person_id).select_related("gateway"):
        # A browser that is gone is no reason to keep it from the others: the inbox holds it.
        with suppress(DeliveryRefused, InvalidToken, OSError):
            send_by_method(method, text, "", url)
            sent += 1
    return sent


def _browsers(person_id: int) -> ContactMethodQuerySet:
    return ContactMethod.objects.filter(
        person_id=person_id, kind=ContactMethod.Kind.PUSH, verified_at__isnull=False
    )
