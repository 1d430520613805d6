"""Mailing of notifications: those that are due and still unread, one mail for each person."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.queries.mail_layout import Letter
from opale.notifications import ports
from opale.notifications.actions.notify import locked, reading_as
from opale.notifications.domain.quiet_hours import BETWEEN_MAILS, Times
from opale.notifications.domain.things import visible_things
from opale.notifications.models import Notification, NotificationTimes
from opale.notifications.queries import due, times_of
from opale.organisation.models import Person
from opale.organisation.queries.identity import actor_of_person

LOG: Final = logging.getLogger(__name__)
SENDER: Final = system("notifications")
MAIL_JOB: Final = "notifications.mail_due"
PEOPLE_AT_ONCE: Final = 500
SHOWN: Final = 30
"""Notifications that one mail lists; it says how many more are in the inbox."""


def mail_due_notifications(at: datetime) -> int:
    """Mail what is due, and return the number of mails. A person's failure stops no other."""
    waiting = due(at).order_by("person_id").values_list("person_id", flat=True).distinct()
    mailed = 0
    for person_id in waiting[:PEOPLE_AT_ONCE]:
        try:
            mailed += _mail_to(person_id, at)
        except Exception:
            LOG.exception("the notifications of person %s were not mailed", person_id)
    return mailed


def _mail_to(person_id: int, at: datetime) -> bool:
    """Mail a person, in one transaction with the note that it was done, so never twice.

    Nothing is mailed of what the person may no longer see, nor to a login that is off.
    """
    with transaction.atomic(), attributed(SENDER, savepoint=False):
        NotificationTimes.objects.get_or_create(person_id=person_id)
        # One sender at a time for each person: a second one finds nothing left.
        times = NotificationTimes.objects.select_for_update().get(person_id=person_id)
        if times.last_mail_at is not None and at < times.last_mail_at + BETWEEN_MAILS:
            return False
        person = Person.objects.select_related("user", "company").get(pk=person_id)
        rows = due(at).filter(person_id=person_id)
        waiting = locked(rows)
        found = list(rows.filter(pk__in=waiting).order_by("-made_at", "-pk"))
        if not ports.on_duty([person_id], at):
            found = _not_held(found, times_of(person, times), at)
        seen = visible_things((one.thing for one in found), actor_of_person(person))
        unread = [one for one in found if one.read_at is None and one.thing in seen]
        others = {one.pk for one in found} - {one.pk for one in unread}
        Notification.objects.filter(pk__in=others).update(mail_due_at=None)
        if not unread or not person.email:
            return False
        Notification.objects.filter(pk__in=[one.pk for one in unread]).update(mailed_at=at)
        NotificationTimes.objects.filter(pk=times.pk).update(last_mail_at=at)
        _queue(person, unread)
    return True


def _not_held(found: Sequence[Notification], times: Times, at: datetime) -> list[Notification]:
    """Return what leaves in quiet hours: what was to leave within them, as a digest does."""
    if not times.is_quiet(at):
        return list(found)
    return [one for one in found if one.mail_due_at and times.is_quiet(one.mail_due_at)]


def _queue(person: Person, found: Sequence[Notification]) -> None:
    language = person.reading_language
    with reading_as(person):
        first, more = found[0], len(found) - SHOWN
        lines = [f"• {one.text}\n  {_page_of(one)}" for one in found[:SHOWN]]
        if len(found) == 1:
            subject, lines = first.text, [first.text]
            link = (_("Open in Opale"), _page_of(first))
        else:
            subject = ngettext(
                "%(n)s notification: %(first)s", "%(n)s notifications: %(first)s", len(found)
            ) % {"n": len(found), "first": first.text}
            link = (_("Open inbox"), f"{settings.BASE_URL}{reverse('notifications_inbox')}")
        if more > 0:
            rest = ngettext("%(n)s more in the inbox", "%(n)s more in the inbox", more)
            lines.append(rest % {"n": more})
        choices = f"{settings.BASE_URL}{reverse('notifications_choices')}"
        queue_mail(
            by=SENDER,
            origin=f"notifications.person:{person.pk}",
            to=[person.email],
            subject=subject[:200],
            body=Letter(
                language=language,
                body="\n\n".join(lines),
                links=(link,),
                foot_links=((_("Choose how you are notified"), choices),),
            ),
            language=language,
            automatic=True,
        )


def _page_of(one: Notification) -> str:
    """Return the address that leads to what a notification is about, and marks it as read."""
    return f"{settings.BASE_URL}{reverse('notifications_open', args=[one.pk])}"
