"""Bulk jobs: their tickets, progress and refusals."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db.models import Count
from django.http import QueryDict

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.desk.models import BulkItem, BulkJob, DeskQuerySet, Ticket
from opale.run.desk.queries.filters import Filters
from opale.run.desk.queries.saved_views import filtered_tickets

ITEMS_SHOWN = 20


def tickets_of_view(
    matching: Mapping[str, str], *, seen_by: Actor, at: datetime
) -> DeskQuerySet[Ticket]:
    """Return the tickets of a view with its filters, as the list's address names them."""
    filters = Filters.read(QueryDict(matching.get("query", "")))
    found = filtered_tickets(matching.get("view", "open"), filters, seen_by=seen_by, at=at)
    stream = Filters(stream=matching.get("stream", ""))
    return stream.narrow(found, seen_by=seen_by, at=at)


def bulk_jobs(*, seen_by: Actor) -> DeskQuerySet[BulkJob]:
    """Return the bulk jobs, newest first."""
    return BulkJob.objects.visible_to(seen_by).order_by("-id")


def get_bulk_job(job_id: int, *, seen_by: Actor) -> BulkJob:
    """Errors: NotFound."""
    found = bulk_jobs(seen_by=seen_by).filter(pk=job_id).first()
    if found is None:
        raise NotFound
    return found


def bulk_items(job: BulkJob, *, seen_by: Actor, outcome: str = "") -> DeskQuerySet[BulkItem]:
    """Return the job's tickets that the asker may see, filtered by outcome (by trial before the
    start)."""
    column = "tried" if job.started_at is None else "outcome"
    rows = BulkItem.objects.visible_to(seen_by).filter(job=job)
    if outcome:
        rows = rows.filter(**{column: outcome})
    return rows.select_related("ticket__customer", "ticket__owner").order_by("ticket_id")


def bulk_counts(job: BulkJob) -> dict[str, int]:
    """Return how many tickets each outcome has; before the job is confirmed, those of its trial."""
    column = "tried" if job.started_at is None else "outcome"
    rows = job.items.values_list(column).annotate(number=Count("id")).order_by()
    return {outcome: number for outcome, number in rows if outcome}


def bulk_lines(job: BulkJob, *, seen_by: Actor, outcome: str) -> Iterator[list[str]]:
    """Yield the tickets with an outcome as rows of a file, with the reasons."""
    for item in bulk_items(job, seen_by=seen_by, outcome=outcome).iterator(chunk_size=1000):
        customer = item.ticket.customer.name if item.ticket.customer else ""
        yield [item.ticket.reference, item.ticket.subject, customer, item.code, item.sentence]
