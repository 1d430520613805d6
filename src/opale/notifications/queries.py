"""Queries of notifications: the reader's own alone, whatever other rights are held."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.messaging.ports import MailSubject
from opale.notifications.domain.kinds import Kind, Pace, all_kinds
from opale.notifications.domain.quiet_hours import Times
from opale.notifications.domain.things import visible_things
from opale.notifications.models import (
    Notification,
    NotificationChoice,
    NotificationQuerySet,
    NotificationTimes,
)
from opale.organisation.models import Person


def notifications(*, seen_by: Actor, read: bool | None = None) -> NotificationQuerySet:
    """Return the actor's notifications: all, those that were read, or unread ones."""
    found = Notification.objects.visible_to(seen_by).filter(person_id=seen_by.person_id or 0)
    return found if read is None else found.filter(read_at__isnull=not read)


def as_readable(rows: Sequence[Notification], actor: Actor) -> Sequence[Notification]:
    """Return notifications as the actor may read them now: of what they lost sight of, the kind
    alone."""
    seen = visible_things((row.thing for row in rows), actor)
    for row in rows:
        row.hidden = row.thing not in seen
    return rows


def unread(actor: Actor) -> NotificationQuerySet:
    """Return the actor's unread notifications, to count them."""
    return notifications(seen_by=actor, read=False)


def get_notification(notification_id: int, *, seen_by: Actor) -> Notification:
    """Return one of the actor's notifications. Errors: NotFound."""
    found = notifications(seen_by=seen_by).filter(pk=notification_id).first()
    if found is None:
        raise NotFound
    return as_readable([found], seen_by)[0]


def own_times(*, seen_by: Actor) -> NotificationTimes | None:
    rows = NotificationTimes.objects.visible_to(seen_by)
    return rows.filter(person_id=seen_by.person_id or 0).first()


def own_choices(*, seen_by: Actor) -> list[tuple[Kind, Pace, bool]]:
    """Return each kind, with how the actor wants it by mail, and whether on devices."""
    rows = NotificationChoice.objects.visible_to(seen_by)
    chosen = {row.kind: row for row in rows.filter(person_id=seen_by.person_id or 0)}
    return [
        (kind, Pace(own.pace), own.push) if (own := chosen.get(kind.name)) else default_of(kind)
        for kind in all_kinds()
    ]


def default_of(kind: Kind) -> tuple[Kind, Pace, bool]:
    return kind, kind.pace, kind.push


def times_of(person: Person, kept: NotificationTimes | None) -> Times:
    """Return when a person is mailed, in their time zone."""
    zone = ZoneInfo(person.reading_zone)
    if kept is None:
        return Times(zone)
    return Times(zone, kept.digest_at, kept.quiet_since, kept.quiet_until)


def due(at: datetime) -> NotificationQuerySet:
    """Return the notifications that are to be mailed by a moment."""
    return Notification.objects.filter(mail_due_at__lte=at, mailed_at=None)


def own_digests(actor: Actor) -> QuerySet[Person]:
    """Return the person whose notifications the actor may read: the actor."""
    return Person.objects.filter(pk=actor.person_id or 0)


def mail_subjects(ids: Collection[int], actor: Actor) -> Mapping[int, MailSubject]:
    """Return the inbox, as what the mails of one's notifications are about."""
    url = reverse("notifications_inbox")
    return {
        pk: MailSubject(_("Inbox"), pk, url)
        for pk in own_digests(actor).filter(pk__in=ids).values_list("pk", flat=True)
    }
