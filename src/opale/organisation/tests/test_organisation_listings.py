"""The kit of lists, tried on the people of the small house: columns, orders, filters, tabs."""

import zoneinfo
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone
from tests.personas import MAKER, Personas

from opale.kernel import keyset
from opale.kernel.actor import ANONYMOUS
from opale.kernel.attribution import attributed
from opale.kernel.keyset import Order
from opale.listings import pages
from opale.listings.declarations import Empty, New
from opale.listings.filters import Choice, Flag, Span, Words
from opale.listings.selection import Selection, sortable
from opale.organisation.models import ListingView, Person
from opale.organisation.queries import people
from opale.organisation.tests.listing_helpers import (
    AGENT,
    SECRET,
    STAFF,
    cells,
    lines,
    names,
    said,
    selected,
)
from opale.ui.keyset import page

pytestmark = pytest.mark.django_db


# What the reader may not see


def test_a_column_that_needs_a_right_is_nowhere_for_who_lacks_it(personas: Personas) -> None:
    agent, admin = personas.actor(AGENT), personas.actor("administrator")
    request: Any = RequestFactory().get("/people/")
    for actor, there in ((agent, False), (admin, True)):
        for query in ("", "columns=email", "columns=email,job"):
            selection = selected(actor, query)
            assert ("email" in [one.name for one in selection.columns]) is there
            rows = list(selection.rows()[:5])
            body = pages.body(selection, rows, marks=False, request=request)
            drawn = pages.head(selection, marks=False) + body
            assert ("@" in drawn) is there
            assert ("Email" in lines(selection)[0]) is there
            assert any("@" in said(cell) for cell in cells(selection).values()) is there
        assert ("email" in sortable(STAFF, actor)) is there
        assert (selected(actor, "sort=email").sort == "email") is there
        assert ("mail" in selected(actor, "mail=x").values) is there


def test_a_column_that_is_seen_on_some_rows_is_empty_on_the_others(personas: Personas) -> None:
    agent = personas.actor(AGENT)
    own = replace(STAFF.columns[-1], right="organisation.edit_self")
    listing = replace(STAFF, columns=(*STAFF.columns[:-1], own))
    selection = Selection.read(listing, QueryDict("columns=email"), agent)
    exported = {row[0]: row[1] for row in lines(selection)[1:]}
    assert [name for name, mail in exported.items() if mail] == [agent.name]
    assert selection.columns[-1].name == "email"
    assert "email" not in sortable(listing, agent), "its order would tell of the others"


def test_the_trial_notices_a_column_without_its_right(personas: Personas) -> None:
    """Planted: the same column, and nobody said what it takes to see it."""
    open_to_all = replace(STAFF.columns[-1], right="")
    listing = replace(STAFF, columns=(*STAFF.columns[:-1], open_to_all))
    selection = Selection.read(listing, QueryDict(), personas.actor(AGENT))
    assert "Email" in lines(selection)[0]


# Orders


@pytest.mark.parametrize("sort", ["", "name", "-name", "company", "-company", "left", "-left"])
def test_pages_together_are_the_whole_list_forwards_and_back(personas: Personas, sort: str) -> None:
    with attributed(MAKER):
        for number, person in enumerate(Person.objects.order_by("id")):
            gone = date(2026, 1, 1 + number // 3) if number % 2 else None
            Person.objects.filter(pk=person.pk).update(left_on=gone)
    selection = selected(personas.actor(AGENT), f"left=1&sort={sort}")
    rows, order = selection.rows(), selection.order
    whole = [row.pk for row in rows.order_by(*order.expressions())]
    assert len(whole) > 9
    seen: list[int] = []
    place: list[Any] = []
    while part := keyset.first(rows, order, 3, place):
        seen += [row.pk for row in part]
        place = [keyset.value_of(part[-1], name) for name in order.columns]
        assert keyset.place_of(keyset.cursor(part[-1], order), order) == place
    assert seen == whole
    back: list[int] = []
    place = []
    while part := keyset.first(rows, order.reversed(), 4, place):
        back += [row.pk for row in part]
        place = [keyset.value_of(part[-1], name) for name in order.columns]
    assert back == whole[::-1]


def test_empty_values_stand_at_the_end_whichever_way_a_list_is_sorted(personas: Personas) -> None:
    with attributed(MAKER):
        first, second = Person.objects.order_by("id")[:2]
        Person.objects.filter(pk=first.pk).update(left_on=date(2026, 1, 1))
        Person.objects.filter(pk=second.pk).update(left_on=date(2026, 2, 1))
    agent = personas.actor(AGENT)
    assert names(agent, "left=1&sort=left")[:2] == [first.name, second.name]
    assert names(agent, "left=1&sort=-left")[:2] == [second.name, first.name]


# Filters and addresses


def test_a_choice_that_is_unknown_leaves_a_list_as_it_opens() -> None:
    states = (("open", "Open"), ("ended", "Ended"), ("all", "All"))
    opened = Choice("state", "State", states, default="open", every="all")
    for query, read in (
        ("", "open"), ("state=ended", "ended"), ("state=all", None), ("state=", None),
        ("state=nonsense", "open"),
    ):  # fmt: skip
        assert opened.read(QueryDict(query), ANONYMOUS) == read, query
    assert Choice("state", "State", states).read(QueryDict("state=nonsense"), ANONYMOUS) is None
    days = Choice("within", "Days", (("30", "30"),), api_type=int | None)
    assert [days.asked({"within": asked}) for asked in (0, 30, None, "")] == ["0", "30", None, None]


def test_a_flag_is_in_force_where_the_address_says_what_it_declares() -> None:
    for default, query, read, written in (
        (False, "mine=yes", True, {"mine": "yes"}),
        (False, "mine=1", None, {}),
        (True, "", True, {}),
        (True, "mine=0", None, {"mine": "0"}),
    ):
        flag = Flag("mine", "Mine", default=default, on="yes")
        value = flag.read(QueryDict(query), ANONYMOUS)
        assert (value, flag.written(value)) == (read, written), query


def test_each_filter_narrows_and_is_said_again_by_the_address(personas: Personas) -> None:
    agent, gone = personas.actor(AGENT), personas.people["employee"]
    with attributed(MAKER):
        Person.objects.filter(pk=gone.pk).update(left_on=date(2026, 3, 5), seniority="senior")
    assert gone.name not in names(agent, "")
    assert names(agent, "left=1&seniority=senior") == [gone.name]
    assert names(agent, "left=1&gone_from=2026-03-01&gone_until=2026-03-05") == [gone.name]
    assert names(agent, "left=1&gone_from=2026-03-06") == []
    assert gone.name in names(agent, f"left=1&company={gone.company_id}")
    asked = "q=a&left=1&gone_from=2026-03-01&sort=-name&columns=job"
    assert selected(agent, asked).address() == asked
    strange = "seniority=x&company=no&gone_from=yesterday&sort=seniority&left=2"
    assert selected(agent, strange).address() == ""


def test_a_count_says_that_there_are_more(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, number = personas.actor(AGENT), len(personas.people)
    selection = selected(agent)
    part = page(selection.rows(), selection.order, QueryDict(), 3)
    assert pages.said_count(pages.matching(selection, part)) == f"{number} results"
    monkeypatch.setattr(pages, "COUNTED_TO", 4)
    assert pages.said_count(pages.matching(selection, part)) == "4+ results"


def test_the_parts_of_a_list_have_tabs_an_order_and_words_of_their_own(personas: Personas) -> None:
    actor = personas.actor(AGENT)
    parts = Choice(
        "part", "Part", (("here", "Here"), ("gone", "Gone"), ("all", "All")), default="here",
        every="all", lookup="left_on__isnull", turn=lambda value: value == "here", tabs=True,
        counts=lambda _actor: {"gone": 7},
    )  # fmt: skip
    listing = replace(
        STAFF,
        rows=people.people,
        filters=(Words(label="Name"), Flag("left", "Left too", argument="left"), parts),
        orders={"part=gone": Order(("-name", "id"))},
        empties={"part=gone": Empty("user", "Nobody left", "Nobody has left yet")},
    )

    def read(query: str) -> Selection:
        return Selection.read(listing, QueryDict(query), actor)

    drawn = pages._tabs(read("q=Desk"))
    assert [(one.label, one.url, one.here, one.count) for one in drawn] == [
        ("Here", "?q=Desk", True, None),
        ("Gone", "?q=Desk&part=gone", False, 7),
        ("All", "?q=Desk&part=all", False, None),
    ]
    assert next(iter(pages._groups(read("part=gone")))).label != "Part"
    assert read("").order == read("part=all").order == STAFF.order
    assert read("part=gone").order == Order(("-name", "id"))
    assert read("part=gone&sort=name").order == Order(("name", "id"))
    assert read("part=gone").empty == listing.empties["part=gone"]
    assert read("part=gone&q=x").empty is None
    assert [read(query).is_narrowed() for query in ("", "part=all", "part=gone", "q=x")] == [
        False, False, True, True,
    ]  # fmt: skip
    assert read("part=lost").values == {"part": "here"}


# Filters of several values, and of moments


SEVERAL = Choice(
    "seniority", "Seniority", Person.Seniority, lookup="seniority__in", several=True,
    turn=lambda value: value.split(","),
)  # fmt: skip


def test_a_choice_of_several_takes_each_of_them_and_a_press_takes_one_away(
    personas: Personas,
) -> None:
    agent = personas.actor(AGENT)
    junior, senior = Person.Seniority.values[0], Person.Seniority.values[-1]
    with attributed(MAKER):
        Person.objects.filter(pk=personas.people[AGENT].pk).update(seniority=junior)
        Person.objects.exclude(pk=personas.people[AGENT].pk).update(seniority=senior)
    listing = replace(STAFF, filters=(SEVERAL,))

    def read(query: str) -> Selection:
        return Selection.read(listing, QueryDict(query), agent)

    one, both = f"seniority={junior}", f"seniority={junior},{senior}"
    assert [row.pk for row in read(one).narrowed()] == [agent.person_id]
    assert read(both).narrowed().count() == Person.objects.count() > 1
    assert read(f"{one}&seniority={senior}&seniority=none").address() == read(both).address()
    assert SEVERAL.toggled(f"{junior},{senior}", senior) == junior
    assert SEVERAL.toggled(junior, senior) == f"{junior},{senior}"
    assert SEVERAL.toggled(None, senior) == senior
    assert read("seniority=none").values == {}
    labels = [str(label) for value, label in Person.Seniority.choices if value in (junior, senior)]
    assert str(SEVERAL.said(f"{junior},{senior}", agent)) == ", ".join(labels)


def test_a_span_of_moments_holds_both_of_its_days_where_the_reader_is(personas: Personas) -> None:
    paris = zoneinfo.ZoneInfo("Europe/Paris")
    span = Span("made", "Made", lookup="removed_at", moment=True)
    with attributed(MAKER):
        kept = [
            ListingView.objects.create(
                person=personas.people[AGENT], listing="staff", name=str(at), removed_at=at
            ).pk
            for at in (
                datetime(2026, 3, 1, 23, 59, tzinfo=paris),
                datetime(2026, 3, 2, 0, 0, tzinfo=paris),
                datetime(2026, 3, 3, 23, 59, tzinfo=paris),
                datetime(2026, 3, 4, 0, 0, tzinfo=paris),
            )
        ]
    with timezone.override(paris):
        for query, found in (
            ("made_from=2026-03-02&made_until=2026-03-03", kept[1:3]),
            ("made_from=2026-03-02", kept[1:]),
            ("made_until=2026-03-03", kept[:3]),
            ("made_until=9999-12-31", kept),
        ):
            days = span.read(QueryDict(query), personas.actor(AGENT))
            assert days is not None
            rows = span.narrowed(ListingView.objects.order_by("pk"), days, personas.actor(AGENT))
            assert list(rows.values_list("pk", flat=True)) == found, query


def test_a_topic_may_depend_on_the_reader_and_figures_replace_nothing_of_the_kit(
    personas: Personas,
) -> None:
    request: Any = RequestFactory().get("/people/")
    request.actor = personas.actor(AGENT)
    own = replace(STAFF, topic=lambda asked: f"people.{asked.actor.name}")
    assert pages.context_of(request, own)["topic"] == f"people.{request.actor.name}"
    shown = replace(STAFF, figures=lambda _request: {"present": 3})
    assert pages.context_of(request, shown)["present"] == 3
    for others, offered in (((), False), (("organisation.read",), True)):
        new = New("New", "organisation_people", SECRET, others=others)
        assert pages.context_of(request, replace(STAFF, new=new))["may_create"] is offered
    with pytest.raises(ValueError, match="staff: the kit draws with topic itself"):
        pages.context_of(request, replace(STAFF, figures=lambda _request: {"topic": "x"}))
