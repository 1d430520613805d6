"""Records that hold back acts on their tickets, such as an approval that is awaited."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from opale.kernel.errors import IllegalMove
from opale.kernel.states import Move
from opale.run.desk.actions.ticket_locks import Refusals, without_refused
from opale.run.desk.models import Approval, Ticket
from opale.run.desk.ports import ticket_records


def without_blocked(
    tickets: Sequence[Ticket], move: Move, refused: Refusals | None
) -> list[Ticket]:
    """Return the tickets that no record keeps from a move. The others are noted in `refused`;
    without it, one refuses all.

    Errors: IllegalMove.
    """
    why: dict[int, str] = {}
    for record in ticket_records():
        if record.block and move in record.block.moves:
            why = {**record.block.find(tickets), **why}

    def refuse(ticket: Ticket) -> None:
        if sentence := why.get(ticket.pk):
            blocked = {other.pk: other.state for other in tickets if other.pk in why}
            raise IllegalMove(move.name, blocked, sentence)

    return without_refused(tickets, refuse, refused)


def tickets_awaiting_approval(tickets: Sequence[Ticket]) -> Mapping[int, str]:
    """Return why tickets wait for an approval: nothing is carried out before it is given."""
    awaited = Approval.objects.filter(ticket__in=tickets, state=Approval.State.ASKED)
    sentence = _(
        "The request is still waiting for approval. Record the decision, or refuse the request."
    )
    return dict.fromkeys(awaited.values_list("ticket_id", flat=True), sentence)
