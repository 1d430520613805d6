"""The worked examples of docs/rules/orders.md are run, row by row, as they are printed."""

from pathlib import Path
from typing import Any

import pytest
from tests.personas import Personas

from opale.customers.tests.builders import make_offering
from opale.delivery.orders.actions import changes, moves
from opale.delivery.orders.actions.changes import LineChange
from opale.delivery.orders.actions.orders import kind_of
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import MOVES, ORDER_MOVES, OrderState, end_of
from opale.delivery.orders.tests.builders import MAKER, cabinet, hold_power, line_of, make_order
from opale.kernel.errors import IllegalMove
from opale.reservations.models import ReservationLine

RULES = Path("docs/rules/orders.md")
S = OrderState


def table(heading: str, number: int = 0) -> list[list[str]]:
    """The rows of one of the tables under a heading."""
    part = RULES.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    tables: list[list[list[str]]] = [[]]
    for line in part.splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    rows = tables[number][2:]
    assert rows, heading
    return rows


@pytest.mark.parametrize("row", table("Kinds"), ids=" ".join)
def test_the_worked_example_of_kinds(row: list[str]) -> None:
    lines, kind = row
    assert kind_of(lines.split(", ")) == kind


def test_the_table_of_moves_is_what_moves() -> None:
    printed = {(move, frozenset(sources.split(", ")), to) for move, sources, to in table("States")}
    assert printed == {(m.name, frozenset(map(str, m.sources)), str(m.target)) for m in ORDER_MOVES}


@pytest.mark.parametrize("row", table("States", 1), ids=" ".join)
def test_the_worked_example_of_how_an_order_ends(row: list[str]) -> None:
    lines, last, order = row
    assert end_of(lines.split(", "), last) == order


@pytest.mark.django_db
@pytest.mark.parametrize("row", table("Changing"), ids=" ".join)
def test_the_worked_example_of_what_a_change_gives_back(row: list[str], personas: Personas) -> None:
    what, dated, given_back = row
    own = {"wanted_text": "2027-04-01T09:00:00+02:00"} if dated == "yes" else {}
    order = make_order(personas, cabinet(**own))
    hold_power(order)
    changes.change_order(order, by=MAKER, **_change(what))
    assert (ReservationLine.objects.filter(holds=True).count() == 0) is (given_back == "yes")


def _change(what: str) -> dict[str, Any]:
    if what == "further line":
        return {"lines": [LineChange(item_id="2", fields={"offering": make_offering()})]}
    if not what.startswith("line "):
        return {what: "2027-06-01T09:00:00+02:00" if what == "wanted_text" else "Another"}
    column = what.removeprefix("line ")
    values = {
        "quantity": 2,
        "characteristics": {"power_kw": 4},
        "offering": make_offering("colo-cage"),
        "wanted_text": "2027-06-01T09:00:00+02:00",
    }
    return {"lines": [LineChange(item_id="1", fields={column: values[column]})]}


WAYS: dict[str, tuple[str, ...]] = {
    S.ACKNOWLEDGED: (),
    S.PENDING: ("wait",),
    S.HELD: ("hold",),
    S.IN_PROGRESS: ("start",),
    S.ASSESSING: ("start", "assess_cancellation"),
    S.CANCELLING: ("start", "assess_cancellation", "agree_to_cancel"),
    S.COMPLETED: ("start", "complete"),
    S.FAILED: ("start", "fail"),
    S.REJECTED: ("reject",),
    S.CANCELLED: ("cancel",),
}
"""How an order comes into each of its states."""


def bring(order: Order, state: str) -> None:
    if state == S.PARTIAL:
        moves.move_order(order, MOVES["start"], by=MAKER)
        moves.move_line(line_of(order), MOVES["complete"], by=MAKER)
        moves.move_line(line_of(order, "2"), MOVES["fail"], by=MAKER)
    for move in WAYS.get(state, ()):
        moves.move_order(order, MOVES[move], by=MAKER, reason="Asked for")
    order.refresh_from_db()
    assert order.state == state


def test_every_state_is_cancelled_once() -> None:
    assert {row[0] for row in table("Cancelling")} == set(S.values)


@pytest.mark.django_db
@pytest.mark.parametrize("row", table("Cancelling"), ids=" ".join)
def test_the_worked_example_of_cancelling(row: list[str], personas: Personas) -> None:
    state, cancelled, held = row
    lines = (cabinet(), cabinet()) if state == S.PARTIAL else (cabinet(),)
    order = make_order(personas, *lines)
    for line in order.lines.all():
        hold_power(order, line.item_id)
    bring(order, state)
    if cancelled == "yes":
        assert ReservationLine.objects.filter(holds=True).exists()
        moves.cancel_order(order, by=MAKER, reason="No longer wanted")
        order.refresh_from_db()
        assert order.state == S.CANCELLED
        assert {line.state for line in order.lines.all()} == {S.CANCELLED}
    else:
        with pytest.raises(IllegalMove):
            moves.cancel_order(order, by=MAKER)
    assert ReservationLine.objects.filter(holds=True).count() == int(held)
