"""Endpoints of the portfolio: services of each customer, renewals, open work."""

from collections.abc import Mapping
from typing import Annotated

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from opale.customers import rights
from opale.customers.listings.portfolio import PORTFOLIO
from opale.customers.models import Contract
from opale.customers.queries import portfolio
from opale.customers.queries.portfolio import PortfolioRow
from opale.customers.shapes import ContractOut, CustomerOut, Days
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.listings.endpoints import list_endpoint

router = Router()


class FollowedOut(Schema):
    """A customer with what it has. `services` counts them by state, `open_work` what is open of
    each kind that the caller may read; `next_contract` is the next to be decided about."""

    customer: CustomerOut
    contracts: Annotated[int, Field(description="Contracts in force today")]
    services: dict[str, int]
    next_contract: ContractOut | None
    open_work: dict[str, int]

    @staticmethod
    def resolve_next_contract(row: PortfolioRow) -> Contract | None:
        return row.renewal

    @staticmethod
    def resolve_open_work(row: PortfolioRow) -> Mapping[str, int]:
        return row.work


list_endpoint(
    router,
    "/portfolio",
    PORTFOLIO,
    FollowedOut,
    name="list_portfolio",
    items=PORTFOLIO.lines,
    text="""The customers that a solution architect or service manager follows, else all, by name.

    With `within`, those of which a contract must be decided about in so many days.
    """,
)


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
