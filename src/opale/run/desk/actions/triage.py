"""Accepting the proposals of triage, and learning its words. Source: docs/rules/triage.md."""

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk.actions.classifications import ClassificationInput, classify_ticket
from opale.run.desk.actions.ticket_locks import lock_ticket
from opale.run.desk.domain.text_classification import learn_word_counts
from opale.run.desk.models import Classification, Ticket, WordCount
from opale.run.desk.queries.word_counts import catalogue_words, training_examples_before

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
