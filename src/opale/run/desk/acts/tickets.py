"""Acts of a ticket's life: take, give, cancel and reopen it. Its ends are in `endings`."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import button, form
from opale.run.desk.actions import (
    classifications,
    endings,
    lifecycle,
    ownership,
    pauses,
    spam,
    triage,
)
from opale.run.desk.acts.endings import undo_of
from opale.run.desk.acts.subjects import NOBODY_TOLD, TICKET, head_of
from opale.run.desk.forms.tickets import (
    CancellationForm,
    GiveTicketForm,
    PriorityReasonForm,
    SpamForm,
    TakeForm,
)
from opale.run.desk.models import Ticket
from opale.run.desk.rights import WORK
from opale.run.desk.states import CANCEL, REOPEN, RESUME, RUNNING_STATES, TAKE, TicketState


def return_of(ticket: Ticket, taken: Ticket) -> str:
    """Return the address that gives back what was somebody else's."""
    own = ticket.owner_id == taken.owner_id
    return "" if own else reverse("desk_give_back", args=[ticket.number])


ACTS = (
    button(
        TICKET, ownership.take_ticket, "take_ticket", WORK, of=TakeForm, noun=None,
        page="ownership", move=TAKE, region=head_of, undo=return_of,
        said=_("Ticket assigned to you."),
    ),
    button(
        TICKET, ownership.give_back, "give_back", WORK, noun=None, page="ownership/return",
        region=head_of,
        said=lambda _ticket, given: gettext("Ticket returned to %(name)s.")
        % {"name": given.owner.name},
    ),
    button(
        TICKET, triage.undo_classification, "undo_classification", WORK,
        noun="classification/undo", region=head_of, said=_("Classification undone."),
        text="Take back one's own last classification; who has not accepted is asked no longer.",
    ),
    form(
        TICKET, classifications.raise_to_p1, "raise_to_p1", WORK, PriorityReasonForm,
        noun="p1", states=RUNNING_STATES, title=_("Raise to P1"),
        submit=_("Raise to P1"), undo="undo_classification", said=_("Ticket raised to P1."),
    ),
    form(
        TICKET, ownership.give_ticket, "give_ticket", WORK, GiveTicketForm, noun=None,
        page="giving", initial=lambda ticket, _by: {"seen_owner_id": ticket.owner_id},
        title=_("Assign ticket"), submit=_("Assign"),
        preview_note=NOBODY_TOLD, said=_("Ticket assigned."),
    ),
    button(
        TICKET, pauses.resume_ticket, "resume_ticket", WORK, noun="resumption", move=RESUME,
        region=head_of, said=_("Ticket resumed; the clock is running again."),
    ),
    button(
        TICKET, lifecycle.withdraw_restoration, "withdraw_restoration", WORK,
        noun="restoration/withdrawal", states=RUNNING_STATES, region=head_of,
        said=_("Restoration withdrawn; the clock kept running."),
        text="The service did not work after all.",
    ),
    button(
        TICKET, endings.cancel, "cancel_ticket", WORK, of=CancellationForm,
        noun="cancellation", move=CANCEL, undo=undo_of, region=head_of,
        said=_("Ticket cancelled."),
    ),
    form(
        TICKET, spam.mark_as_spam, "mark_as_spam", WORK, SpamForm, noun="spam",
        states=CANCEL.sources, title=_("Mark as spam"), submit=_("Mark as spam"),
        undo=partial(undo_of, page="desk_undo_spam"),
        said=_("Marked as spam; further mails of the sender go to quarantine."),
    ),
    button(
        TICKET, spam.undo_spam, "undo_spam", WORK, noun="spam/undo", page=None,
        states={TicketState.CANCELLED},
        text="Reopen a ticket that was no spam; its sender is no longer blocked.",
    ),
    button(
        TICKET, lifecycle.reopen_ticket, "reopen_ticket", WORK, noun="reopening", move=REOPEN,
        region=head_of, said=_("Ticket reopened."),
    ),
)  # fmt: skip
