"""Endpoints of the portfolio: services of each customer, renewals, open work."""

from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from opale.customers import rights
from opale.customers.models import Contract
from opale.customers.queries import portfolio
from opale.customers.queries.portfolio import PortfolioRow
from opale.customers.shapes import ContractOut, CustomerOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.kernel import clock

router = Router()
MOST_DAYS = 3_660
Days = Annotated[int, Field(ge=0, le=MOST_DAYS, description="Days from today")]


class FollowedOut(Schema):
    """A customer with what it has. `services` counts them by state, `open_work` what is open of
    each kind that the caller may read; `next_contract` is the next to be decided about."""

    customer: CustomerOut
    contracts: Annotated[int, Field(description="Contracts in force today")]
    services: dict[str, int]
    next_contract: ContractOut | None
    open_work: dict[str, int]


@router.get("/portfolio", response=Page[FollowedOut], auth=may(rights.PORTFOLIO))
def list_portfolio(
    request: ActorRequest,
    window: Query[Window],
    q: SearchText = "",
    person_id: int | None = None,
    within: Days | None = None,
) -> dict[str, Any]:
    """The customers that a solution architect or service manager follows, else all, by name.

    With `within`, those of which a contract must be decided about in so many days.
    """
    on = timezone.localdate(clock.now())
    found = portfolio.portfolio(
        seen_by=request.actor, on=on, person_id=person_id, text=q, within=within
    )
    rows = page(found, window, "name", "id")
    lines = portfolio.portfolio_rows(rows.items, seen_by=request.actor, on=on)
    return {"items": [_shown(one) for one in lines], "next": rows.next}


@router.get("/portfolio/renewals", response=Page[ContractOut], auth=may(rights.PORTFOLIO))
def list_renewals(
    request: ActorRequest,
    window: Query[Window],
    person_id: int | None = None,
    within: Days = 180,
) -> Slice[Contract]:
    """Contracts that must be decided about, the nearest first; notice that has passed is nearer."""
    actor = request.actor
    on = timezone.localdate(clock.now())
    of = portfolio.portfolio(seen_by=actor, on=on, person_id=person_id)
    found = portfolio.renewals(of, seen_by=actor, on=on, within=within)
    return page(found, window, "due_on", "number")


def _shown(one: PortfolioRow) -> dict[str, Any]:
    return {
        "customer": one.customer,
        "contracts": one.contracts,
        "services": one.services,
        "next_contract": one.renewal,
        "open_work": {work.code: work.count for work in one.work},
    }
