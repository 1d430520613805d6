"""Followers of tickets, how often they get a digest, and the changes since their last one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils.translation import gettext as _

from opale.customers.models import Contact
from opale.kernel.actor import Actor
from opale.kernel.models import StateMove
from opale.organisation.models import Person
from opale.organisation.queries.identity import actor_of
from opale.run.desk.models import Following, Message, Ticket, Watcher
from opale.run.desk.models.digests import Default
from opale.run.desk.queries.timeline import SENTENCES
from opale.run.desk.rights import CONSOLE

Pace = Following.Pace
HOUR = timedelta(hours=1)
MOST_TICKETS = 40
MOST_LINES = 8
MOST_READ = 1000
LONGEST_LINE = 400
"""The longest excerpt of a message in a digest; the rest is on the ticket."""
PUBLIC_MOVES = ("restore", "resolve", "close", "cancel", "reject", "reopen")


@dataclass(frozen=True, slots=True)
class Follower:
    """An employee or contact with the digest settings; `wants` is the language of a contact's mails
    where another than its own was chosen."""

    who: Person | Contact
    choice: Following
    wants: str = ""

    @property
    def kind(self) -> Literal["person", "contact"]:
        return "person" if isinstance(self.who, Person) else "contact"

    @property
    def language(self) -> str:
        if isinstance(self.who, Contact):
            return self.wants or self.who.language
        return self.who.user.language if self.who.user else "en"

    @property
    def zone(self) -> ZoneInfo:
        if isinstance(self.who, Contact):
            return ZoneInfo(self.who.customer.time_zone)
        return ZoneInfo(self.who.user.time_zone if self.who.user else "Europe/Paris")

    def is_due(self, now: datetime) -> bool:
        """Return whether the next digest is due."""
        last, pace = self.choice.sent_at, self.choice.pace
        if pace == Pace.OFF or (pace == Pace.AT_ONCE and self.kind == "contact"):
            return False  # A contact has a copy of each answer instead.
        if pace == Pace.AT_ONCE or (last is None and pace == Pace.HOURLY):
            return True
        if pace == Pace.HOURLY:
            return last is None or now - last >= HOUR
        local = now.astimezone(self.zone)
        hour = local.replace(hour=self.choice.hour, minute=0, second=0, microsecond=0)
        due = hour if hour <= local else hour - timedelta(days=1)
        return last is None or last < due


@dataclass(slots=True)
class TicketChanges:
    """The changes on one ticket since the last digest; `more` lines were left out."""

    ticket: Ticket
    lines: list[tuple[datetime, str]] = field(default_factory=list)
    more: int = 0


def digest_settings_of(who: Person | Contact) -> Following:
    """Return the digest settings that were chosen, or the defaults."""
    if isinstance(who, Person):
        found = Following.objects.filter(person=who).first()
        return found or Following(person=who, pace=Default.PERSON)
    found = Following.objects.filter(contact=who).first()
    return found or Following(contact=who, customer_id=who.customer_id, pace=Default.CONTACT)


def contacts_without_copies(contacts: Iterable[Contact]) -> set[int]:
    """Return the contacts who get digests, or nothing, instead of a copy of each answer."""
    rows = Following.objects.filter(contact__in=contacts).exclude(pace=Pace.AT_ONCE)
    return set(rows.values_list("contact_id", flat=True))


def followers_with_news(until: datetime) -> tuple[set[int], set[int]]:
    """Return the people and the contacts with changes on their tickets since their last digest."""
    rows = Watcher.objects.filter(ticket__updated_at__gt=F("told_at"), told_at__lt=until)
    people = rows.filter(person__isnull=False).values_list("person_id", flat=True)
    contacts = rows.filter(contact__isnull=False).values_list("contact_id", flat=True)
    return set(people), set(contacts)


def changed_since(follower: Follower, until: datetime) -> list[TicketChanges]:
    """Return the changes on each followed ticket that may still be seen, the newest first."""
    who = follower.who
    watched = {"person": who} if isinstance(who, Person) else {"contact": who}
    rows = Watcher.objects.filter(**watched, ticket__updated_at__gt=F("told_at"))
    since = dict(rows.values_list("ticket_id", "told_at"))
    by = _reader(who)
    tickets = Ticket.objects.filter(pk__in=since)
    if isinstance(who, Contact):
        tickets = tickets.filter(customer_id=who.customer_id)
        tickets = tickets.filter(confidential=False) | tickets.filter(contact_id=who.pk)
    elif by is not None:
        tickets = tickets.visible_to(by)
    else:
        return []
    found = {
        ticket.pk: TicketChanges(ticket)
        for ticket in tickets.order_by("-updated_at")[:MOST_TICKETS]
    }
    is_inside = by is not None and by.can(CONSOLE)
    _say_messages(found, since, until, who, is_inside=is_inside)
    _say_moves(found, since, until, who, is_inside=is_inside)
    told = [one for one in found.values() if one.lines]
    for one in told:
        one.lines.sort()
        one.more = max(0, len(one.lines) - MOST_LINES)
        one.lines = one.lines[-MOST_LINES:]
    return told


def _reader(who: Person | Contact) -> Actor | None:
    """Return an employee as an actor; None for a contact or a person without an active login."""
    if isinstance(who, Contact) or who.user is None or not who.user.is_active:
        return None
    return actor_of(who.user)


def _say_messages(
    found: Mapping[int, TicketChanges],
    since: Mapping[int, datetime],
    until: datetime,
    who: Person | Contact,
    *,
    is_inside: bool,
) -> None:
    """Add the messages of others; notes only for colleagues of the desk."""
    rows = Message.objects.filter(ticket__in=found, at__lte=until)
    own = {"person": who} if isinstance(who, Person) else {"contact": who}
    if not is_inside:
        rows = rows.filter(visibility=Message.Visibility.PUBLIC)
    if since:
        rows = rows.filter(at__gt=min(since.values()))
    for row in rows.exclude(**own).order_by("at", "id")[:MOST_READ]:
        if row.at > since[row.ticket_id]:
            words = " ".join(row.body.split())
            short = words if len(words) <= LONGEST_LINE else words[: LONGEST_LINE - 1] + "…"
            inner = row.direction == Message.Direction.NOTE
            said = _("%(name)s noted: %(text)s") if inner else _("%(name)s wrote: %(text)s")
            line = said % {"name": row.author, "text": short}
            found[row.ticket_id].lines.append((row.at, line))


def _say_moves(
    found: Mapping[int, TicketChanges],
    since: Mapping[int, datetime],
    until: datetime,
    who: Person | Contact,
    *,
    is_inside: bool,
) -> None:
    """Add the state moves of the tickets; readers outside the desk get the names of states only."""
    rows = StateMove.objects.filter(subject=Ticket._meta.label_lower, subject_id__in=found)
    rows = rows.filter(recorded_at__lte=until)
    if since:
        rows = rows.filter(recorded_at__gt=min(since.values()))
    own = f"user:{who.user_id}" if who.user_id else ""
    for row in rows.order_by("id")[:MOST_READ]:
        sentence = SENTENCES.get(row.move)
        if row.recorded_at <= since[row.subject_id] or row.actor == own or sentence is None:
            continue
        if not is_inside and row.move not in PUBLIC_MOVES:
            continue
        name = row.actor_name if is_inside else _("Service desk")
        found[row.subject_id].lines.append((row.at, sentence % {"name": name}))


def present_people(keys: Collection[int]) -> Iterable[Person]:
    rows = Person.objects.filter(pk__in=keys, user__is_active=True).exclude(email="")
    return rows.select_related("user")


def present_contacts(keys: Collection[int]) -> Iterable[Contact]:
    rows = Contact.objects.filter(pk__in=keys, left_on=None).exclude(email="")
    return rows.select_related("customer", "user")
