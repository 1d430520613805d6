"""What may not be done while somebody's word is waited for."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from opale.kernel.errors import IllegalMove
from opale.run.desk.models import Approval, Ticket


def refuse_unapproved(tickets: Sequence[Ticket], move: str) -> None:
    """Nothing is carried out before who may has agreed to it.

    Errors: IllegalMove.
    """
    awaited = Approval.objects.filter(ticket__in=tickets, state=Approval.State.ASKED)
    if waiting := set(awaited.values_list("ticket_id", flat=True)):
        refused = {ticket.pk: ticket.state for ticket in tickets if ticket.pk in waiting}
        raise IllegalMove(
            move,
            refused,
            _("An approval is still waited for: record it, or refuse the request."),
        )
