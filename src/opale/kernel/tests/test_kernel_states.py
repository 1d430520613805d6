"""Moves: three refusals that change nothing, one winner of a race, no deadlock."""

from functools import partial

import pytest

from opale.kernel.actor import EVERYTHING, Actor, Scope
from opale.kernel.errors import IllegalMove, NotAllowed, NotFound
from opale.kernel.models import Change, StateMove
from opale.kernel.states import Move, moves_of, perform
from opale.kernel.tests.concurrency import at_once
from opale.kernel.tests.lamps import (
    ADMIRE,
    AT,
    BREAK,
    LIGHT,
    Lamp,
    make_lamp,
    make_table,
    somebody,
)

WORKER = somebody(read=EVERYTHING, work=EVERYTHING)


@pytest.fixture
def table(db: None) -> None:
    make_table()


def move(by: Actor, what: Move, *pks: int) -> list[int]:
    rows = Lamp.objects.visible_to(by).filter(pk__in=pks)
    return perform(what, rows, by=by, at=AT, lit_by=by.key)


def states() -> list[str]:
    return list(Lamp.objects.order_by("pk").values_list("state", flat=True))


def assert_nothing_happened(*expected: str) -> None:
    assert states() == list(expected)
    assert not Lamp.objects.exclude(lit_by="").exists()
    assert not StateMove.objects.exists()
    assert not Change.objects.exists()


@pytest.mark.usefixtures("table")
def test_a_move_changes_the_row_records_it_and_says_so() -> None:
    lamp = make_lamp()
    assert move(WORKER, LIGHT, lamp.pk) == [lamp.pk]
    lamp.refresh_from_db()
    assert (lamp.state, lamp.lit_by) == ("on", "user:1")
    (recorded,) = moves_of(Lamp, lamp.pk)
    assert (recorded.move, recorded.source, recorded.target) == ("light", "off", "on")
    assert (recorded.actor, recorded.actor_name, recorded.at) == ("user:1", "Person 1", AT)
    assert [change.topic for change in Change.objects.all()] == [f"lamps.lamp:{lamp.pk}"]


@pytest.mark.usefixtures("table")
def test_a_hidden_row_is_not_found() -> None:
    hidden = make_lamp(customer_id=2)
    by = somebody(read=Scope(customers=frozenset({1})), work=EVERYTHING)
    with pytest.raises(NotFound):
        move(by, LIGHT, hidden.pk)
    assert_nothing_happened("off")


@pytest.mark.usefixtures("table")
def test_a_missing_row_is_refused_like_a_hidden_one() -> None:
    with pytest.raises(NotFound):
        move(WORKER, LIGHT, 1)


@pytest.mark.usefixtures("table")
def test_one_row_without_the_right_refuses_the_whole_move() -> None:
    mine, theirs = make_lamp(customer_id=1), make_lamp(customer_id=2)
    by = somebody(read=EVERYTHING, work=Scope(customers=frozenset({1})))
    with pytest.raises(NotAllowed):
        move(by, LIGHT, mine.pk, theirs.pk)
    assert_nothing_happened("off", "off")


@pytest.mark.usefixtures("table")
def test_one_row_in_a_wrong_state_refuses_the_whole_move_and_is_named() -> None:
    dark, broken = make_lamp(), make_lamp("broken")
    with pytest.raises(IllegalMove) as refusal:
        move(WORKER, LIGHT, dark.pk, broken.pk)
    assert refusal.value.refused == {broken.pk: "broken"}
    assert refusal.value.move == "light"
    assert_nothing_happened("off", "broken")


@pytest.mark.usefixtures("table")
def test_the_missing_right_is_told_before_the_wrong_state() -> None:
    """Whoever may not act learns nothing about what state would have allowed it."""
    broken = make_lamp("broken", customer_id=2)
    by = somebody(read=EVERYTHING, work=Scope(customers=frozenset({1})))
    with pytest.raises(NotAllowed):
        move(by, LIGHT, broken.pk)


@pytest.mark.usefixtures("table")
def test_an_acknowledgement_after_the_end_is_refused_not_replayed() -> None:
    lamp = make_lamp("on")
    move(WORKER, BREAK, lamp.pk)
    with pytest.raises(IllegalMove):
        move(WORKER, ADMIRE, lamp.pk)
    assert states() == ["broken"]
    assert [recorded.move for recorded in moves_of(Lamp, lamp.pk)] == ["break"]


@pytest.mark.django_db(transaction=True)
def test_of_eight_simultaneous_moves_one_succeeds() -> None:
    make_table()
    lamp = make_lamp()
    actors = [somebody(n, read=EVERYTHING, work=EVERYTHING) for n in range(1, 9)]
    results = at_once(*(partial(move, by, LIGHT, lamp.pk) for by in actors))
    assert results.count([lamp.pk]) == 1
    refusals = [result for result in results if isinstance(result, Exception)]
    assert [type(refusal) for refusal in refusals] == [IllegalMove] * 7
    (recorded,) = moves_of(Lamp, lamp.pk)
    lamp.refresh_from_db()
    assert lamp.lit_by == recorded.actor


@pytest.mark.django_db(transaction=True)
def test_bulk_moves_in_opposite_order_do_not_deadlock() -> None:
    make_table()
    pks = [make_lamp("on").pk for _ in range(60)]

    def admire(*, backwards: bool) -> list[int]:
        moved: list[int] = []
        for _ in range(10):
            rows = Lamp.objects.visible_to(WORKER).order_by("-pk" if backwards else "pk")
            moved = perform(ADMIRE, rows.filter(pk__in=pks), by=WORKER, at=AT)
        return moved

    results = at_once(*(partial(admire, backwards=n % 2 == 1) for n in range(4)))
    assert results == [pks] * 4
    assert StateMove.objects.count() == 4 * 10 * len(pks)
