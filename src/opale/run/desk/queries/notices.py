"""Notices to customers: the choices in force, and the recipients of a ticket's notice."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from opale.customers.models import Contact, Customer, SupportPlan
from opale.customers.queries.plans import plan_in_force
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.reference_cache import cached
from opale.run.desk.domain.notices import NOTICE_TYPES
from opale.run.desk.models import Notice, NoticeChoice, ReceivedMail, Ticket, Watcher
from opale.run.desk.queries.mail_texts import plan_of

MACHINES = ("machine", "list")
"""Senders that get no automatic mail; an autoresponder does, since a person is behind it."""
MOST = 10
SHOWN = 200
"""MOST contacts of a customer are notified where there is no requester; SHOWN are listed."""

Subject = SupportPlan | Customer | Contact


@dataclass(frozen=True, slots=True)
class ContactNotices:
    """The notices that a contact receives, and their language."""

    occasions: frozenset[str]
    language: str


@cached(1)
def occasions_in_use() -> frozenset[str]:
    """Return the occasions that are enabled for anybody, to skip looking for recipients."""
    chosen = NoticeChoice.objects.values_list("wanted", flat=True)
    return frozenset(c.name for c in NOTICE_TYPES if c.default).union(*chosen)


def is_occasion_in_use(occasion: str) -> bool:
    """Return whether anybody receives notices of the occasion: most facts need not be looked at."""
    return occasion in occasions_in_use()


def notice_choice_of(subject: Subject) -> NoticeChoice:
    """Return the choice made for just this plan, customer or contact; an empty row where none
    was."""
    keys = choice_keys_of(subject)
    return NoticeChoice.objects.filter(**keys).first() or NoticeChoice(**keys)


def choice_keys_of(subject: Subject) -> dict[str, int | None]:
    """Return the columns that identify the row of a subject."""
    if isinstance(subject, SupportPlan):
        return {"plan_id": subject.pk, "customer_id": None, "contact_id": None}
    if isinstance(subject, Customer):
        return {"plan_id": None, "customer_id": subject.pk, "contact_id": None}
    return {"plan_id": None, "customer_id": subject.customer_id, "contact_id": subject.pk}


def stated_choice(choice: NoticeChoice, name: str) -> bool | None:
    """Return yes, no, or None where the choice is left to the next level above."""
    if name in choice.wanted:
        return True
    return False if name in choice.unwanted else None


def notices_of_contacts(
    contacts: Iterable[Contact], plan_id: int | None
) -> Mapping[int, ContactNotices]:
    """Return the notices that each contact receives on tickets of that plan, in one query."""
    contacts = list(contacts)
    customers = {contact.customer_id for contact in contacts}
    asked = Q(customer__in=customers) & (Q(contact=None) | Q(contact__in=contacts))
    rows = NoticeChoice.objects.filter(asked | Q(plan=plan_id, plan__isnull=False))
    found = {(row.plan_id, row.customer_id, row.contact_id): row for row in rows}
    reached = {}
    for contact in contacts:
        own = found.get((None, contact.customer_id, contact.pk))
        levels = (
            own,
            found.get((None, contact.customer_id, None)),
            found.get((plan_id, None, None)),
        )
        reached[contact.pk] = ContactNotices(
            frozenset(c.name for c in NOTICE_TYPES if _counts(c.name, levels, c.default)),
            (own.language if own else "") or contact.language,
        )
    return reached


def best_plan_of(customer: Customer) -> int | None:
    """Return the plan that applies to a customer when there is no ticket to tell."""
    found = plan_in_force(customer, None, on=clock.now().date())
    return found.version.plan_id if found else None


def _counts(name: str, levels: Iterable[NoticeChoice | None], default: bool) -> bool:
    said = (stated_choice(row, name) for row in levels if row is not None)
    return next((one for one in said if one is not None), default)


def wants_notice(contact: Contact, occasion: str, plan_id: int | None) -> bool:
    return occasion in notices_of_contacts([contact], plan_id)[contact.pk].occasions


def audience_of(ticket: Ticket, occasion: str) -> list[tuple[Contact, str]]:
    """Return the contacts who receive a notice of the occasion, each with its language.

    The requester and the watchers; without a requester, the contacts who may open tickets. Of a
    confidential ticket only the requester is told. A program that writes mail is told nothing.
    """
    contacts = list(_concerned(ticket))
    reached = notices_of_contacts(contacts, plan_of(ticket))
    machines = written_by_machines([contact.email for contact in contacts])
    return [
        (contact, reached[contact.pk].language)
        for contact in contacts
        if occasion in reached[contact.pk].occasions and contact.email.lower() not in machines
    ]


def _concerned(ticket: Ticket) -> Iterable[Contact]:
    rows = Contact.objects.filter(left_on=None).exclude(email="").order_by("name", "pk")
    asked = Q(pk=ticket.contact_id) if ticket.contact_id else Q(pk__in=())
    if ticket.confidential or ticket.customer_id is None:
        return rows.filter(asked)
    following = Watcher.objects.filter(ticket=ticket, contact__isnull=False).values("contact")
    if ticket.contact_id is None and ticket.employee_id is None:
        telling = rows.filter(customer_id=ticket.customer_id, may_open=True)[:MOST]
        asked = Q(pk__in=[contact.pk for contact in telling])
    return rows.filter(asked | Q(pk__in=following))


def written_by_machines(addresses: Sequence[str]) -> set[str]:
    """Return those of the addresses whose newest mail was automatic."""
    lower = {address.lower() for address in addresses}
    if not lower:
        return set()
    newest = ReceivedMail.objects.filter(address__in=lower).order_by("address", "-at")
    rows = newest.distinct("address").values_list("address", "automatic")
    return {address for address, automatic in rows if automatic in MACHINES}


def count_notices_since(address: str, since: datetime) -> int:
    return Notice.objects.filter(address=address.lower(), at__gt=since).count()


def contacts_already_notified(
    ticket: Ticket, occasion: str, about: datetime, contacts: Collection[Contact]
) -> set[int]:
    rows = Notice.objects.filter(ticket=ticket, occasion=occasion, about=about)
    return set(rows.filter(contact__in=contacts).values_list("contact_id", flat=True))


def names_notified(ticket: Ticket, occasion: str, about: datetime) -> list[str]:
    """Return the names of the contacts who were told of it, by a notice or in a person's words."""
    rows = Notice.objects.filter(ticket=ticket, occasion=occasion, about=about)
    return list(rows.order_by("contact__name").values_list("contact__name", flat=True))


def plan_choices(*, seen_by: Actor) -> list[tuple[SupportPlan, NoticeChoice]]:
    """Return the choice of each plan."""
    plans = SupportPlan.objects.visible_to(seen_by).order_by("code")
    rows = NoticeChoice.objects.filter(plan__in=plans)
    found = {row.plan_id: row for row in rows}
    return [(plan, found.get(plan.pk) or NoticeChoice(plan=plan)) for plan in plans]


def contacts_with_notices(
    customer: Customer, *, seen_by: Actor
) -> list[tuple[Contact, ContactNotices]]:
    """Return a customer's contacts by name, with the notices of each on a ticket without plan."""
    rows = Contact.objects.visible_to(seen_by).filter(customer=customer, left_on=None)
    contacts = list(rows.exclude(email="").order_by("name", "pk")[:SHOWN])
    reached = notices_of_contacts(contacts, None)
    return [(contact, reached[contact.pk]) for contact in contacts]
