"""What may not be done while somebody's word is waited for."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from opale.kernel.errors import IllegalMove
from opale.run.desk.actions.ticket_locks import Refusals, without_refused
from opale.run.desk.models import Approval, Ticket


def without_awaiting_approval(
    tickets: Sequence[Ticket], move: str, refused: Refusals | None
) -> list[Ticket]:
    """Nothing is carried out before who may has agreed to it: the tickets that wait for nobody's
    word. The others are noted in `refused`, or without it refuse all.

    Errors: IllegalMove.
    """
    awaited = Approval.objects.filter(ticket__in=tickets, state=Approval.State.ASKED)
    waiting = set(awaited.values_list("ticket_id", flat=True))

    def refuse(ticket: Ticket) -> None:
        if ticket.pk in waiting:
            raise IllegalMove(
                move,
                {other.pk: other.state for other in tickets if other.pk in waiting},
                _("An approval is still waited for: record it, or refuse the request."),
            )

    return without_refused(tickets, refuse, refused)
