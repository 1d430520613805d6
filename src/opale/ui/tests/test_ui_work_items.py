"""What is asked of somebody is listed once, the most urgent first."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import get_current_timezone

from opale.kernel.actor import EVERYTHING, Actor
from opale.ui import work_items
from opale.ui.work_items import Source, Urgency, WorkItem, end_of, urgency_of, work_of

NOON = datetime(2026, 12, 1, 12, tzinfo=get_current_timezone())
NADIA = Actor("person", "user:1", "Nadia", {"desk.work": EVERYTHING}, person_id=1)


def item(thing: str, urgency: Urgency, due: datetime | None = None) -> WorkItem:
    return WorkItem(thing, "Ticket", "ticket", thing, f"/{thing}/", urgency, due=due)


@pytest.fixture(autouse=True)
def no_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_items, "_sources", {})


def give(*items: WorkItem, name: str = "desk", right: str = "desk.work") -> None:
    def read(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
        yield from items[:limit]

    work_items.register(Source(name, right, read, f"{name}.topic"))


def test_pages_come_first_and_then_what_is_late_by_when_it_was_due() -> None:
    later, sooner = NOON - timedelta(hours=1), NOON - timedelta(hours=2)
    give(
        item("open", Urgency.OPEN),
        item("late-1h", Urgency.LATE, later),
        item("late-2h", Urgency.LATE, sooner),
        item("page", Urgency.PAGED),
    )
    assert [one.thing for one in work_of(NADIA, NOON).items] == [
        "page",
        "late-2h",
        "late-1h",
        "open",
    ]


def test_a_thing_is_listed_once_by_its_most_urgent_reason() -> None:
    give(item("ticket:1", Urgency.TODAY, NOON))
    give(item("ticket:1", Urgency.PAGED), name="paging")
    (one,) = work_of(NADIA, NOON).items
    assert one.urgency == Urgency.PAGED


def test_what_needs_another_right_is_not_asked_for() -> None:
    give(item("order:1", Urgency.ANSWER), right="orders.work")
    assert work_of(NADIA, NOON).items == []
    assert work_items.topics_for(NADIA) == ""


def test_a_source_gives_as_many_as_are_asked_for() -> None:
    give(*(item(f"ticket:{n}", Urgency.OPEN) for n in range(400)))
    assert len(work_of(NADIA, NOON).items) == work_items.PER_SOURCE
    assert len(work_of(NADIA, NOON, each=3).items) == 3


@pytest.mark.parametrize(
    ("due", "urgency"),
    [
        (None, Urgency.OPEN),
        (NOON - timedelta(seconds=1), Urgency.LATE),
        (NOON, Urgency.TODAY),
        (NOON + timedelta(hours=11), Urgency.TODAY),
        (NOON + timedelta(hours=13), Urgency.OPEN),
    ],
)
def test_urgency_follows_the_day_of_the_reader(due: datetime | None, urgency: Urgency) -> None:
    assert urgency_of(due, NOON) == urgency


def test_what_is_due_on_a_day_is_due_at_its_end() -> None:
    assert end_of(None) is None
    assert end_of(date.max) is None
    end = end_of(date(2026, 12, 1))
    assert end is not None
    assert urgency_of(end, NOON) == Urgency.TODAY
