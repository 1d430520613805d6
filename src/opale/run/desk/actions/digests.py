"""Digests: changes on followed tickets, in one mail at most per interval.

Source: docs/rules/notices.md, "Digests".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.customers.models import Contact
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.isolation import as_application
from opale.organisation.models import Person
from opale.run.desk.actions.outgoing_mail import DigestMail, queue_digest_mail
from opale.run.desk.actions.ticket_locks import notify_readers
from opale.run.desk.models import Following, Watcher
from opale.run.desk.queries import notice_links
from opale.run.desk.queries.digests import (
    Follower,
    TicketChanges,
    changed_since,
    digest_settings_of,
    followers_with_news,
    present_contacts,
    present_people,
)
from opale.run.desk.queries.notices import notices_of_contacts, written_by_machines
from opale.run.desk.queries.unsubscribe_links import Unsubscription, unsubscribe_link_to

DIGESTS = system("digests")
SETTLED = timedelta(seconds=30)
"""Age at which a change is surely committed: no digest misses one."""
FOLLOWING = "desk.following"


def set_digest_pace(
    who: Person | Contact, *, by: Actor, pace: str | None = None, hour: int | None = None
) -> Following:
    """Set how often one hears of followed tickets: for oneself, or as who edits contacts.

    Errors: NotAllowed, Invalid.
    """
    _refuse_chooser(who, by)
    if pace is not None and pace not in Following.Pace.values:
        raise Invalid(pace=_("This option is not in the list."))
    if hour is not None and not 0 <= hour < 24:
        raise Invalid(hour=_("The hour must be between 0 and 23."))
    with as_application(), attributed(by):
        row = Following.objects.select_for_update(of=("self",)).get(pk=_kept(who).pk)
        row.pace = row.pace if pace is None else pace
        row.hour = row.hour if hour is None else hour
        row.save()
        live_topics.publish(FOLLOWING)
    return row


def _kept(who: Person | Contact) -> Following:
    """Return the row of the choice, created if there is none."""
    default = digest_settings_of(who)
    said = {"pace": default.pace, "customer_id": default.customer_id}
    key = {"person": who} if isinstance(who, Person) else {"contact": who}
    row, _made = Following.objects.get_or_create(**key, defaults=said)
    return row


def _refuse_chooser(who: Person | Contact, by: Actor) -> None:
    """Errors: NotAllowed."""
    if isinstance(who, Person):
        allowed = by.person_id == who.pk
    elif by.contact_id == who.pk:
        allowed = True
    else:
        rows = Contact.objects.within(by, "customers.edit_contacts")
        allowed = rows.filter(pk=who.pk).exists()
    if not (allowed or by.unlimited):
        raise NotAllowed


def unsubscribe(ending: Unsubscription) -> None:
    """End one ticket's mails or all digests, by a link of a mail. At once, and repeatable."""
    who = {f"{ending.kind}_id": ending.key}
    with attributed(system("unfollow")):
        if ending.ticket_id:
            rows = Watcher.objects.filter(ticket=ending.ticket_id, **who).select_related("ticket")
            for watcher in rows:
                ticket = watcher.ticket
                watcher.delete()
                notify_readers(ticket)
            return
        model = Person if ending.kind == "person" else Contact
        found = model._default_manager.filter(pk=ending.key).first()
        if isinstance(found, Person | Contact):
            set_digest_pace(found, by=system("unfollow"), pace=Following.Pace.OFF)


# Sending digests


def send_digests() -> int:
    """Send the due digests to followers of changed tickets."""
    until = clock.now() - SETTLED
    people, contacts = followers_with_news(until)
    told = sum(_write(person, until) for person in present_people(people))
    return told + sum(_write(one, until, wants) for one, wants in _reachable(contacts))


def _reachable(keys: set[int]) -> Sequence[tuple[Contact, str]]:
    """Return the contacts who want such mail, each with their language."""
    contacts = list(present_contacts(keys))
    reached = notices_of_contacts(contacts, None)
    machines = written_by_machines([contact.email for contact in contacts])
    return [
        (contact, reached[contact.pk].language)
        for contact in contacts
        if "followed" in reached[contact.pk].occasions and contact.email.lower() not in machines
    ]


def _write(who: Person | Contact, until: datetime, wants: str = "") -> bool:
    """Send one digest at most; a lock prevents two from being sent at the same time."""
    with transaction.atomic(), attributed(DIGESTS):
        choice = _kept(who)
        held = Following.objects.select_for_update(skip_locked=True).filter(pk=choice.pk).first()
        if held is None:
            return False
        follower = Follower(who, held, wants)
        if not follower.is_due(clock.now()):
            return False
        with translation.override(follower.language), timezone.override(follower.zone):
            changed = changed_since(follower, until)
            if changed:
                _post(follower, changed)
        rows = {"person": who} if isinstance(who, Person) else {"contact": who}
        Watcher.objects.filter(**rows, told_at__lt=until).update(told_at=until)
        if changed:
            Following.objects.filter(pk=held.pk).update(sent_at=clock.now())
    return bool(changed)


def _post(follower: Follower, changed: Sequence[TicketChanges]) -> None:
    who = follower.who
    every = unsubscribe_link_to(Unsubscription(follower.kind, who.pk))
    title = (
        f"[{changed[0].ticket.reference}] {changed[0].ticket.subject}"
        if len(changed) == 1
        else ngettext(
            "%(count)s ticket you watch has changed",
            "%(count)s tickets you watch have changed",
            len(changed),
        )
        % {"count": len(changed)}
    )
    digest = DigestMail(
        to=who.email,
        title=title,
        body="\n\n".join(_said(one, follower) for one in changed),
        language=follower.language,
        origin=f"desk.following:{follower.choice.pk}",
        why=_("You receive this mail because you watch these tickets."),
        links=[(_("Unsubscribe"), every)],
        foot_links=[(_("Manage notifications"), _where_to_choose(who))],
        every=every,
    )
    queue_digest_mail(digest, by=DIGESTS)


def _where_to_choose(who: Person | Contact) -> str:
    if isinstance(who, Contact):
        return notice_links.notice_link_to(who.pk)
    return settings.BASE_URL + reverse("organisation_preferences")


def _said(one: TicketChanges, follower: Follower) -> str:
    ticket = one.ticket
    lines = [f"{ticket.reference} · {ticket.subject} ({ticket.get_state_display()})"]
    lines += [f"{_moment(at)} · {line}" for at, line in one.lines]
    if one.more:
        more = ngettext("and %(count)s earlier", "and %(count)s earlier", one.more)
        lines.append(more % {"count": one.more})
    end = unsubscribe_link_to(Unsubscription(follower.kind, follower.who.pk, ticket.pk))
    lines.append(_("Stop watching: %(link)s") % {"link": end})
    return "\n".join(lines)


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
