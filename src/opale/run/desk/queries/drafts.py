"""Drafts on a ticket, one's own and those of colleagues.

Source: docs/rules/drafts.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.desk.models import DeskQuerySet, Ticket, WrittenDraft
from opale.run.desk.rights import CONSOLE

FRESH = timedelta(minutes=2)
"""A draft saved within this time counts as being typed."""


@dataclass(frozen=True, slots=True)
class DraftsHere:
    """The drafts on a ticket, as one device of one person sees them.

    `own` are the drafts of this device, `elsewhere` those of the person's other devices, `others`
    those of colleagues; `may_take_over` says whether their text may be taken over.
    """

    own: Sequence[WrittenDraft]
    elsewhere: Sequence[WrittenDraft]
    others: Sequence[WrittenDraft]
    may_take_over: bool

    @property
    def writing(self) -> list[WrittenDraft]:
        """Return the colleagues' drafts that are being typed now."""
        since = clock.now() - FRESH
        return [draft for draft in self.others if draft.at >= since]

    @property
    def left(self) -> list[WrittenDraft]:
        """Return the colleagues' drafts that are not being typed now."""
        since = clock.now() - FRESH
        return [draft for draft in self.others if draft.at < since]


def drafts_of(ticket: Ticket, *, seen_by: Actor) -> DeskQuerySet[WrittenDraft]:
    """Return the drafts of the ticket and of those merged into it, the newest first."""
    rows = WrittenDraft.objects.visible_to(seen_by).filter(
        Q(ticket=ticket) | Q(ticket__merged_into=ticket), discarded_at=None
    )
    rows = rows.exclude(body="").select_related("person").order_by("-at", "-id")
    return rows if seen_by.can(CONSOLE) else rows.none()


def drafts_here(ticket: Ticket, device: str, *, seen_by: Actor) -> DraftsHere:
    found = list(drafts_of(ticket, seen_by=seen_by)[:50])
    mine = [draft for draft in found if draft.person_id == seen_by.person_id]
    own = [draft for draft in mine if draft.device == device and draft.ticket_id == ticket.pk]
    return DraftsHere(
        own,
        [draft for draft in mine if draft not in own],
        [draft for draft in found if draft.person_id != seen_by.person_id],
        ticket.owner_id == seen_by.person_id,
    )


def get_draft(draft_id: int, *, seen_by: Actor) -> WrittenDraft:
    """Errors: NotFound, hidden and missing alike."""
    rows = WrittenDraft.objects.visible_to(seen_by).select_related("ticket", "person")
    found = rows.filter(pk=draft_id).first() if seen_by.can(CONSOLE) else None
    if found is None:
        raise NotFound
    return found
