"""Work of the desk on recent tickets, by Opale's own actions at their own times: assignments,
linked tickets, a merge, references, time entries and corrections."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from opale.customers.models import Contact, Family
from opale.infrastructure.models import ConfigurationItem, Supplier
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Person, Team
from opale.organisation.queries.identity import actor_of
from opale.run.desk.actions.answers import answer_customer, refuse_answer, send_answer
from opale.run.desk.actions.assignments import (
    WorkRequest,
    accept_assignment,
    finish_assignment,
    request_work,
    return_assignment,
    withdraw_assignment,
)
from opale.run.desk.actions.attachments import attach_file
from opale.run.desk.actions.classifications import (
    ClassificationInput,
    classify_ticket,
    qualify_ticket,
)
from opale.run.desk.actions.commitments import refresh_all
from opale.run.desk.actions.interventions import agree_intervention, end_intervention
from opale.run.desk.actions.links import link_tickets
from opale.run.desk.actions.merges import merge_tickets
from opale.run.desk.actions.messages import write_note
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_metadata import (
    add_reference,
    add_watcher,
    set_confidential,
    set_tags,
)
from opale.run.desk.actions.time_entries import log_time
from opale.run.desk.models import (
    Assignment,
    Grade,
    Kind,
    Level,
    ProposedAnswer,
    Source,
    Ticket,
    TicketLink,
)
from opale.run.desk.models.escalation import AskReason, Outcome, ReturnReason, checklist

# The resolvers of assignments, and how far each has come.
ASKED = (
    ("level_2", "accepted"), ("level_2", "requested"), ("supplier", "accepted"),
    ("level_3", "accepted"), ("level_2", "done"), ("supplier", "requested"),
    ("group", "accepted"), ("level_2", "accepted"), ("level_3", "requested"),
    ("supplier", "done"), ("level_2", "returned"), ("group", "requested"),
    ("supplier", "accepted"), ("level_2", "withdrawn"), ("level_3", "done"),
    ("level_2", "requested"), ("level_2", "accepted"), ("supplier", "returned"),
)  # fmt: skip
TEAMS = {
    "level_2": "Ingénierie RUN", "level_3": "Ingénierie BUILD",
    "group": "Infrastructure du groupe",
}  # fmt: skip
REASONS = {
    "level_2": AskReason.SKILL, "level_3": AskReason.NO_PROGRESS, "group": AskReason.ACCESS,
    "supplier": AskReason.SUPPLIER,
}  # fmt: skip
TAGS = (("vip",), ("recurring", "follow-up"), ("night",), ("steering-committee",))
SAID = {
    "fr": {
        "ask": "Contrôles de niveau 1 faits sur {item}, tout est dans le ticket. "
        "Pouvez-vous regarder de plus près ?",
        "done": "Intervention terminée sur {item}, contrôles bons.",
        "returned": "Rien d'anormal de notre côté sur {item}.",
        "proposed": "Bonjour,\n\nNotre ingénieur travaille sur {item}. Nous revenons vers vous "
        "dès que le contrôle est terminé.\n\nCordialement",
        "again": "Le client rappelle : même sujet que {number}, rien de nouveau.",
        "subject": "Relance : {subject}",
        "note": "Relevé des contrôles de {item} en pièce jointe.",
        "time": "Diagnostic et échanges avec le client",
        "outage": "Le client précise que le service ne fonctionne plus du tout.",
        "worse": "Toute l'équipe du client est touchée, pas un seul poste.",
        "private": "Échange avec la direction du client.",
    },
    "en": {
        "ask": "Level 1 checks are done on {item}, all is in the ticket. "
        "Could you take a closer look?",
        "done": "Work on {item} is finished, checks are good.",
        "returned": "Nothing unusual on our side for {item}.",
        "proposed": "Hello,\n\nOur engineer is working on {item}. We come back to you as soon as "
        "the check is finished.\n\nRegards",
        "again": "The customer calls again: same matter as {number}, nothing new.",
        "subject": "Reminder: {subject}",
        "note": "Results of the checks of {item} attached.",
        "time": "Diagnosis and exchange with the customer",
        "outage": "The customer adds that the service does not work at all.",
        "worse": "The customer's whole team is affected, not a single desk.",
        "private": "Exchange with the customer's management.",
    },
}
# The provider's own incidents: subject, text, kind of item, families whose tickets they caused.
CAUSES = (
    ("Perte de redondance sur le cœur de réseau",
     "Un des deux liens est tombé ; le trafic passe par l'autre, proche de la saturation.",
     ConfigurationItem.Kind.LINK, (Family.CONNECTIVITY, Family.VPN)),
    ("Climatisation dégradée en salle",
     "Un groupe de froid est à l'arrêt ; l'autre porte la salle, la température monte.",
     ConfigurationItem.Kind.COOLING, (Family.COLOCATION, Family.MANAGED_HOSTING)),
)  # fmt: skip
PING = "PING {item}: 20 packets transmitted, 20 received, 0% packet loss, rtt avg 4.1 ms\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket in progress, with its owner and its beginning."""

    ticket: Ticket
    by: Actor
    since: datetime

    def say(self, what: str, **words: str) -> str:
        item = self.ticket.item.name if self.ticket.item else self.ticket.reference
        return SAID[self.ticket.language][what].format(item=item, **words)


class Shift:
    """The desk at work on the newest tickets in progress."""

    def __init__(self, rng: Random, now: datetime) -> None:
        self.rng = rng
        self.now = now
        self._actors: dict[int, Actor] = {}
        self.cases = [case for case in map(self._case, self._tickets()) if case]

    def record(self) -> None:
        if len(self.cases) < len(CAUSES) * 2:
            return
        self._ask_everybody()
        self._families()
        self._merge()
        self._marks()
        self._time()
        self._interventions()
        self._attachment()
        self._say_anew()
        refresh_all([case.ticket for case in self.cases])

    def _tickets(self) -> Iterable[Ticket]:
        rows = Ticket.objects.filter(
            state="in_progress", contact__isnull=False, acknowledged_at__isnull=False,
            service__isnull=False, restored_at=None,
        )  # fmt: skip
        known = rows.select_related("customer", "contact", "item", "service__offering")
        return known.select_related("plan_version", "owner__user").order_by("-received_at")[:60]

    def _case(self, ticket: Ticket) -> Case | None:
        begun = ticket.acknowledged_at
        if begun is None or ticket.owner.user is None or self.now - begun < timedelta(minutes=12):
            return None
        since = max(begun + timedelta(minutes=3), self.now - timedelta(hours=5))
        return Case(ticket, self._actor(ticket.owner), since)

    def _actor(self, person: Person) -> Actor:
        if person.pk not in self._actors and person.user:
            self._actors[person.pk] = actor_of(person.user)
        return self._actors[person.pk]

    @contextmanager
    def _at(self, case: Case, share: float) -> Iterator[datetime]:
        """Act at this fraction of the time that has passed since the case began."""
        at = case.since + (self.now - case.since) * share
        with clock.travel(at - clock.now()):
            yield at

    def _of(self, *families: Family) -> list[Case]:
        return [c for c in self.cases if c.ticket.service and
                c.ticket.service.offering.family in families]  # fmt: skip

    # Assignments.

    def _ask_everybody(self) -> None:
        asked: set[tuple[int, str]] = set()
        for number, (whom, state) in enumerate(ASKED):
            pool = self._carried() if whom == "supplier" else self.cases
            pool = [case for case in pool or self.cases if (case.ticket.pk, whom) not in asked]
            if pool:
                case = pool[number % len(pool)]
                asked.add((case.ticket.pk, whom))
                self._ask(case, whom, state)
        self._answers()

    def _carried(self) -> list[Case]:
        return self._of(Family.CONNECTIVITY, Family.VPN)

    def _ask(self, case: Case, whom: str, state: str) -> None:
        ticket = case.ticket
        team = None if whom == "supplier" else Team.objects.get(name=TEAMS[whom])
        supplier = self._supplier(ticket) if team is None else None
        family = ticket.service.offering.family if ticket.service else ""
        codes = [
            code for code, _words in checklist(family, ticket.item.kind if ticket.item else "")
        ]
        ask = WorkRequest(
            team=team, supplier=supplier, reason=REASONS[whom], tried=codes[:4],
            note=case.say("ask"), by_mail=supplier is not None,
        )  # fmt: skip
        with self._at(case, 0.15):
            work = request_work(ticket, ask, by=case.by)
        if state == "requested":
            return
        if state == "withdrawn":
            with self._at(case, 0.4):
                withdraw_assignment(work, by=case.by)
            return
        worker = team.memberships.order_by("id").first() if team else None
        by = self._actor(worker.person) if worker else case.by
        with self._at(case, 0.35):
            number = f"INC{self.rng.randint(10_000, 99_999)}" if supplier else ""
            promised = self.now + timedelta(hours=self.rng.randint(1, 6))
            work = accept_assignment(
                work, by=by, promised_at=promised if supplier else None, reference=number
            )
            if supplier:
                add_reference(ticket, "", number, by=case.by, supplier=supplier)
        with self._at(case, 0.7):
            if state == "done":
                finish_assignment(work, Outcome.FIXED, by=by, note=case.say("done"))
            elif state == "returned":
                reason = ReturnReason.ELSEWHERE
                return_assignment(work, reason, by=by, note=case.say("returned"))

    def _supplier(self, ticket: Ticket) -> Supplier:
        """Return the carrier of the item's circuit, else the supplier that sells hardware."""
        lower = ConfigurationItem.objects.filter(carries_links__upper=ticket.item)
        carriers = [found.attributes.get("carrier", "") for found in lower]
        carrier = Supplier.objects.filter(name__in=carriers).first()
        return carrier or Supplier.objects.filter(kind=Supplier.Kind.HARDWARE).order_by("id")[0]

    def _answers(self) -> None:
        """Write answers proposed by level 2: one waits for the owner, one was sent, one refused."""
        rows = Assignment.objects.filter(
            level=Level.LEVEL_2, state="accepted", person__isnull=False
        ).select_related("person__user")
        by_ticket = {case.ticket.pk: case for case in self.cases}
        done: Iterator[Callable[[Case, ProposedAnswer], None]] = iter(
            (lambda _case, _answer: None, self._send, self._refuse)
        )
        for work in rows.order_by("id"):
            case = by_ticket[work.ticket_id]
            if work.person is None or work.person_id == case.ticket.owner_id:
                continue
            with self._at(case, 0.5):
                answer = answer_customer(
                    case.ticket, case.say("proposed"), by=self._actor(work.person)
                )
            decide = next(done, None)
            if decide and isinstance(answer, ProposedAnswer):
                with self._at(case, 0.6):
                    decide(case, answer)

    @staticmethod
    def _send(case: Case, answer: ProposedAnswer) -> None:
        send_answer(answer, by=case.by)

    @staticmethod
    def _refuse(case: Case, answer: ProposedAnswer) -> None:
        refuse_answer(answer, "said_already", by=case.by)

    # Links between tickets.

    def _families(self) -> None:
        children = set[int]()
        for subject, body, kind, families in CAUSES:
            pool = [c for c in self._of(*families) or self.cases if c.ticket.pk not in children]
            chosen = sorted(pool[:3], key=lambda c: c.since)
            item = ConfigurationItem.objects.filter(kind=kind, customer=None).order_by("id").first()
            if len(chosen) < 2 or item is None:
                continue
            first = chosen[0]
            with self._at(first, 0.05) as at:
                parent = receive_ticket(
                    NewTicket(
                        subject=f"{subject}, {item.name}", body=body, source=Source.AGENT,
                        kind=Kind.INCIDENT, item=item, impact=Grade.MEDIUM, urgency=Grade.HIGH,
                        language="fr",
                    ),
                    by=first.by, at=at,
                )  # fmt: skip
                take_ticket(parent, by=first.by)
            for case in chosen:
                children.add(case.ticket.pk)
                with self._at(case, 0.8):
                    link_tickets(case.ticket, TicketLink.Kind.CHILD_OF, parent, by=case.by)

    def _merge(self) -> None:
        """Merge a ticket with a call of the same customer about the same incident."""
        case = self.cases[-1]
        ticket = case.ticket
        with self._at(case, 0.6) as at:
            again = receive_ticket(
                NewTicket(
                    subject=case.say("subject", subject=ticket.subject)[:300],
                    body=case.say("again", number=ticket.reference), source=Source.PHONE,
                    kind=Kind(ticket.kind), customer=ticket.customer, contact=ticket.contact,
                    service=ticket.service, item=ticket.item, language=ticket.language,
                ),
                by=case.by, at=at,
            )  # fmt: skip
        with self._at(case, 0.65):
            merge_tickets([again], ticket, by=case.by)

    def _marks(self) -> None:
        for case, tags in zip(self.cases, TAGS, strict=False):
            with self._at(case, 0.3):
                set_tags(case.ticket, tags, by=case.by)
        for number, case in enumerate(self.cases[1:5]):
            customer = case.ticket.customer
            if customer is None:
                continue
            with self._at(case, 0.3):
                theirs = f"{self.rng.randint(2000, 9999)}-{number + 1}"
                add_reference(case.ticket, customer.name[:100], theirs, by=case.by)
                if customer.service_manager:
                    add_watcher(case.ticket, by=case.by, person=customer.service_manager)
                other = Contact.objects.filter(customer=customer).exclude(tickets=case.ticket)
                if colleague := other.order_by("id").first():
                    add_watcher(case.ticket, by=case.by, contact=colleague)
        hidden = self.cases[len(self.cases) // 2]
        with self._at(hidden, 0.3):
            set_confidential(hidden.ticket, True, by=hidden.by, reason=hidden.say("private"))

    # Time entries and corrections.

    def _time(self) -> None:
        for case in self.cases[:12]:
            spent = (self.now - case.since) * (0.2 + 0.4 * self.rng.random())
            with self._at(case, 0.9):
                log_time(
                    case.ticket, case.since, case.since + spent, by=case.by, note=case.say("time")
                )

    def _interventions(self) -> None:
        """Add a running and an ended intervention, where the plan offers it and a contact may order
        it."""
        ended = False
        for case in self.cases:
            ticket, plan = case.ticket, case.ticket.plan_version
            orders = Contact.objects.filter(customer=ticket.customer, may_order=True).order_by("id")
            who = orders.first()
            if plan is None or not plan.exceptional_interventions or who is None:
                continue
            with self._at(case, 0.2):
                work = agree_intervention(ticket, by=case.by, agreed_by=who, price=Decimal(480))
            if ended:
                return
            with self._at(case, 0.75):
                end_intervention(work, by=case.by)
            ended = True

    def _attachment(self) -> None:
        case = self.cases[0]
        name = case.ticket.item.name if case.ticket.item else case.ticket.reference
        with self._at(case, 0.5):
            file = attach_file(
                case.ticket, f"ping-{name}.txt", [PING.format(item=name).encode()], by=case.by
            )
            write_note(case.ticket, case.say("note"), by=case.by, attachments=[file.pk])

    def _say_anew(self) -> None:
        asked = [case for case in self.cases if case.ticket.kind == Kind.REQUEST]
        for case in asked[:2]:
            with self._at(case, 0.25):
                qualify_ticket(case.ticket, Kind.INCIDENT, by=case.by, reason=case.say("outage"))
        graded = [c for c in self.cases if c.ticket.impact == Grade.LOW and c not in asked[:2]]
        for case in graded[:3]:
            known = Ticket.objects.select_related("customer", "contact", "service", "item")
            findings = ClassificationInput.of(known.get(pk=case.ticket.pk))
            with self._at(case, 0.3):
                classify_ticket(
                    case.ticket, replace(findings, impact=Grade.MEDIUM), by=case.by,
                    reason=case.say("worse"),
                )  # fmt: skip


def work_on_tickets(rng: Random, now: datetime) -> None:
    """Write the work of the desk, its engineers and its suppliers on open tickets."""
    Shift(rng, now).record()
