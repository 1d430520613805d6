"""Import of product orders as a JSON list of `productOrder`, all or nothing."""

from typing import Annotated, Any

from django.db import transaction
from ninja import Body, Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.delivery.orders.actions import orders
from opale.delivery.orders.api.resources import PRODUCT_ORDERS, new_order
from opale.delivery.orders.rights import WORK
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.tmf import require_storable
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, OpaleError

router = Router(tags=["orders"])
MOST = 500


class OrderFault(Schema):
    """`place` is that of the order in the list, from 1; `field` is empty for the order as such."""

    place: int
    field: str
    sentence: str


class OrdersImported(Schema):
    """`ids` are those of TMF622, in the order of the list; none where there is a fault."""

    ids: list[str]
    faults: list[OrderFault]


class ImportChoices(Schema):
    dry_run: Annotated[bool, Field(description="Say what is wrong, and write nothing")] = False


Orders = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)]


@router.post(
    "/orders/imports",
    response={200: OrdersImported, 201: OrdersImported, 422: OrdersImported},
    auth=may(WORK),
)
def import_orders(
    request: ActorRequest, body: Body[Orders], choices: Query[ImportChoices]
) -> Status[OrdersImported]:
    """Hand in many product orders of TMF622 at once; with a fault none is kept (422).

    With `dry_run` nothing is written, and what would be refused is said.
    """
    ids: list[str] = []
    faults: list[OrderFault] = []
    with transaction.atomic():
        for place, one in enumerate(body, start=1):
            try:
                ids.append(_handed_in(one, by=request.actor))
            except OpaleError as refusal:
                faults += _faults(place, refusal)
        if faults or choices.dry_run:
            transaction.set_rollback(True)
            ids = []
    status = 422 if faults else 200 if choices.dry_run else 201
    return Status(status, OrdersImported(ids=ids, faults=faults))


def _handed_in(one: dict[str, Any], *, by: Actor) -> str:
    with transaction.atomic():
        require_storable(one)
        order = orders.create_order(new_order(one, PRODUCT_ORDERS, seen_by=by), by=by)
    return str(order.number)


def _faults(place: int, refusal: OpaleError) -> list[OrderFault]:
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    return [
        OrderFault(place=place, field=name, sentence=sentence)
        for name, sentence in (fields or {"": refusal.sentence}).items()
    ]
