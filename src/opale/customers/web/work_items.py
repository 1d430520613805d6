"""Contracts that a service manager has to decide about."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opale.customers import rights
from opale.customers.queries.portfolio import portfolio, renewals
from opale.kernel.actor import Actor
from opale.ui.work_items import Source, Urgency, WorkItem, end_of

WITHIN: Final = 30
"""Days before the last day of notice."""


def contracts_to_decide(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the contracts of the actor's customers to renew or end soon, the nearest first.

    Where the notice period is over it runs on: that stands after what can still be decided.
    """
    if actor.person_id is None:
        return
    day = localtime(at).date()
    own = portfolio(seen_by=actor, on=day, person_id=actor.person_id)
    contracts: list[Any] = list(renewals(own, seen_by=actor, on=day, within=WITHIN)[:limit])
    for contract in contracts:
        is_over = contract.due_on < day
        yield WorkItem(
            thing=f"customers.contract:{contract.pk}",
            kind=_("Contract"),
            icon="file-text",
            name=contract.number,
            url=reverse("customers_contract", args=[contract.number]),
            urgency=Urgency.OPEN,
            reason=_("the notice period is over") if is_over else _("renew or end"),
            due=None if is_over else end_of(contract.due_on),
            note=contract.customer.name,
        )


SOURCES = (Source("customers.contracts", rights.PORTFOLIO, contracts_to_decide),)
