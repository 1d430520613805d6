"""Guard against acts on tickets that await an approval."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from opale.kernel.errors import IllegalMove
from opale.run.desk.actions.ticket_locks import Refusals, without_refused
from opale.run.desk.models import Approval, Ticket


def without_awaiting_approval(
    tickets: Sequence[Ticket], move: str, refused: Refusals | None
) -> list[Ticket]:
    """Return the tickets that await no approval: nothing is carried out before one is given. The
    others are noted in `refused`; without it, one refuses all.

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
