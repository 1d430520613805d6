"""Reading of notifications: each is its person's own."""

from contextlib import suppress

from django.db import IntegrityError

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed, NotFound
from opale.notifications.actions.notify import change
from opale.notifications.models import Notification, NotificationQuerySet
from opale.notifications.queries import notifications
from opale.notifications.rights import USE


def mark_read(notification: Notification, *, by: Actor) -> Notification:
    """Mark a notification as read. Errors: NotAllowed, NotFound."""
    _require(by)
    change(_own(notification, by).filter(read_at=None), by, read_at=clock.now())
    return _again(notification, by)


def mark_unread(notification: Notification, *, by: Actor) -> Notification:
    """Mark a notification as unread; it is not mailed again.

    Where a newer one about the same thing is unread, that one says it already.
    Errors: NotAllowed, NotFound.
    """
    _require(by)
    _again(notification, by)
    with suppress(IntegrityError), attributed(by):  # a newer one is unread
        change(_own(notification, by), by, read_at=None, mail_due_at=None)
    return _again(notification, by)


def mark_all_read(*, by: Actor) -> int:
    """Mark all notifications of the actor as read, and return how many were not.

    Errors: NotAllowed.
    """
    _require(by)
    return change(notifications(seen_by=by, read=False), by, read_at=clock.now())


def _require(by: Actor) -> None:
    if not by.can(USE):
        raise NotAllowed


def _own(notification: Notification, by: Actor) -> NotificationQuerySet:
    return notifications(seen_by=by).filter(pk=notification.pk)


def _again(notification: Notification, by: Actor) -> Notification:
    row = _own(notification, by).first()
    if row is None:
        raise NotFound
    return row
