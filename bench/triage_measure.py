"""The measuring of bench/triage.py: held-out tickets shown to triage as they came in."""

from collections import Counter
from collections.abc import Iterator
from time import perf_counter

from opale.kernel.actor import system
from opale.run.desk.domain.text_classification import learn_word_counts
from opale.run.desk.domain.triage import Enquiry
from opale.run.desk.models import Message, Source, Ticket
from opale.run.desk.queries.triage import Proposals, propose_classification
from opale.run.desk.queries.word_counts import catalogue_words, training_examples_before

MEASURER = system("bench")


def measure(held_out: int, learned_from: int) -> tuple[Counter[str], list[float]]:
    tickets = list(
        # What bench/tickets.py made says nothing of what a service desk is asked.
        Ticket.objects.exclude(subject__startswith="Bench ")
        .order_by("-received_at")
        .select_related("contact", "employee")
        .only(
            "subject", "source", "kind", "received_at", "customer_id", "service_id",
            "contact__email", "contact__phone", "employee__email",
        )[:held_out]
    )  # fmt: skip
    words = learn_word_counts(
        training_examples_before(tickets[-1].received_at, learned_from), catalogue_words()
    )
    found: Counter[str] = Counter(tickets=len(tickets))
    times = []
    for ticket, enquiry in _shown(tickets):
        begun = perf_counter()
        proposals = propose_classification(
            enquiry, seen_by=MEASURER, at=ticket.received_at, apart_from=ticket.pk, words=words
        )
        times.append(perf_counter() - begun)
        _compare(ticket, proposals, found)
    return found, times


def _shown(tickets: list[Ticket]) -> Iterator[tuple[Ticket, Enquiry]]:
    for ticket in tickets:
        first = Message.objects.filter(ticket=ticket).order_by("at", "id").values_list("body")[:1]
        yield (
            ticket,
            Enquiry(
                subject=ticket.subject,
                body=first[0][0] if first else "",
                sender=_sender(ticket),
                monitoring=ticket.source == Source.EVENT,
            ),
        )


def _sender(ticket: Ticket) -> str:
    """Where it came from: the address of a mail or login, the number of a call, else nothing."""
    if ticket.source == Source.PHONE:
        return ticket.contact.phone if ticket.contact else ""
    if ticket.source in (Source.MAIL, Source.PORTAL):
        somebody = ticket.contact or ticket.employee
        return somebody.email if somebody else ""
    return ""


def _compare(ticket: Ticket, proposals: Proposals, found: Counter[str]) -> None:
    if proposals.customer:
        found["customer_proposed"] += 1
        found["customer_wrong"] += proposals.customer.value.pk != ticket.customer_id
    if proposals.kind:
        found["kind_proposed"] += 1
        found["kind_wrong"] += proposals.kind.value != ticket.kind
    if ticket.service_id is None:
        return
    found["of_services"] += 1
    found["of_known"] += proposals.customer is not None
    ranked = [proposal.value.pk for proposal in proposals.services]
    found["service_among"] += ticket.service_id in ranked
    found["service_first"] += ranked[:1] == [ticket.service_id]
    if proposals.service:
        found["service_filled"] += 1
        found["service_filled_wrong"] += proposals.service.value.pk != ticket.service_id
