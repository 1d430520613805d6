"""Accepting the proposals of triage and undoing it, and learning its words.

Source: docs/rules/triage.md.
"""

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.kernel.facts import announce
from opale.run.desk.actions.assignments import withdraw_assignment
from opale.run.desk.actions.classifications import (
    ClassificationInput,
    classify_ticket,
    update_customer_of_records,
    write_classification,
)
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.domain.text_classification import learn_word_counts
from opale.run.desk.facts import TicketClassified
from opale.run.desk.models import Assignment, Classification, Ticket, WordCount
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.queries.triage import row_before_classification
from opale.run.desk.queries.word_counts import catalogue_words, training_examples_before
from opale.run.desk.states import ENDED_STATES, AssignmentState

LEARNED_FROM = 20_000


def accept_proposals(
    ticket: Ticket, found: ClassificationInput, *, by: Actor, seen: int | None
) -> Ticket:
    """Classify a ticket as proposed. `seen` is the classification that the accepter saw: a change
    made meanwhile is a conflict.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (nothing is sure), Conflict.
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        newest = Classification.objects.filter(ticket=held).order_by("-id").first()
        if seen is not None and newest is not None and newest.pk != seen:
            raise Conflict(
                _("%(name)s classified this ticket differently in the meantime.")
                % {"name": newest.actor_name}
            )
        if found == ClassificationInput.of(held):
            raise Invalid(
                _("No suggestion is certain enough to accept. Choose a value, or edit the ticket.")
            )
        return classify_ticket(held, found, by=by)


def undo_classification(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take back the author's own last classification: the ticket stands as before, waiting for
    triage if it did. A team that triage asked and that has not accepted yet is asked no longer.

    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Conflict (somebody else has
    classified it since, or nothing is to be undone).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        if held.state in ENDED_STATES:
            raise IllegalMove("classify", {held.pk: held.state})
        newest = Classification.objects.filter(ticket=held).order_by("-id").first()
        if newest is None or newest.actor != by.key:
            name = newest.actor_name if newest else ""
            raise Conflict(
                _("%(name)s classified this ticket differently in the meantime.") % {"name": name}
            )
        before = row_before_classification(held)
        if before is None:
            raise Conflict(_("This cannot be undone."))
        moved = held.customer_id != before["customer_id"]
        change_ticket(held, **before)
        # The related rows at hand are those of the former columns.
        held = lock_ticket(held, by=by)
        if moved:
            update_customer_of_records(held)
        at = clock.now()
        write_classification(held, by=by, at=at, reason=_("undone"))
        refresh_commitments(held)
        for asked in Assignment.objects.filter(
            ticket=held,
            reason=AskReason.TRIAGE,
            state=AssignmentState.REQUESTED,
            asked_at__gte=newest.at,
        ):
            withdraw_assignment(asked, by=by)
        announce(TicketClassified(ticket_id=held.pk, kind=held.kind, at=at), by=by)
    return held


def learn_words() -> int:
    """Relearn from the catalogues and the last tickets which words indicate which kind and
    family."""
    found = learn_word_counts(
        training_examples_before(clock.now(), LEARNED_FROM), catalogue_words()
    )
    rows = [WordCount(word=word, counts=dict(counts)) for word, counts in found.counts.items()]
    with attributed(system("triage")):
        WordCount.objects.all().delete()
        WordCount.objects.bulk_create(rows, batch_size=4000)
    return len(rows)
