"""Commitments: the stored answers of the clocks, rebuilt from the record after each change."""

from datetime import datetime

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import system
from opale.kernel.facts import announce
from opale.run.desk.actions.locking import announce_change
from opale.run.desk.facts import CommitmentBreached
from opale.run.desk.models import Commitment, Ticket
from opale.run.desk.queries import clocks_of

BATCH = 500


def refresh_commitments(ticket: Ticket, *, at: datetime | None = None) -> None:
    """Recompute what was promised on a ticket and when it is due. A breach once seen stays.

    A commitment that no longer applies (an incident that turned out to be a request) goes, unless
    it was breached.
    """
    moment = at or clock.now()
    stored = {c.measure: c for c in Commitment.objects.filter(ticket=ticket, assignment=None)}
    for measure, running in clocks_of(ticket).items():
        breached_at = running.breached_at(moment)
        before = stored.pop(measure, None)
        Commitment.objects.update_or_create(
            ticket=ticket,
            assignment=None,
            measure=measure,
            defaults={
                "customer_id": ticket.customer_id,
                "target": running.promise.target,
                "coverage": running.promise.coverage,
                "starts_at": running.starts_at,
                "due_at": running.due_at,
                "met_at": running.met_at,
                "breached_at": (before.breached_at if before else None) or breached_at,
                "computed_at": moment,
            },
        )
    gone = [row.pk for row in stored.values() if row.breached_at is None]
    Commitment.objects.filter(pk__in=gone).delete()


def latch_breaches() -> int:
    """Mark the promises whose time has run out, and say so; looked at every minute."""
    by = system("clocks")
    with acting(by):
        broken = list(
            Commitment.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(met_at=None, breached_at=None, due_at__lt=clock.now())
            .select_related("ticket")
            .order_by("due_at")[:BATCH]
        )
        for commitment in broken:
            if commitment.due_at is None:  # the filter leaves none; a paused clock breaks nothing
                continue
            Commitment.objects.filter(pk=commitment.pk).update(breached_at=commitment.due_at)
            announce(
                CommitmentBreached(
                    ticket_id=commitment.ticket_id,
                    measure=commitment.measure,
                    due_at=commitment.due_at,
                ),
                by=by,
            )
            announce_change(commitment.ticket)
    return len(broken)
