"""Every listing keeps to what its reader may see, and a column that does not is caught."""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.forms import Form
from django.http import QueryDict
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.house import House, standing
from tests.personas import NAMES

from opale.customers.queries.customers import customers
from opale.infrastructure.models import Dependency
from opale.kernel.actor import ANONYMOUS, Actor
from opale.kernel.keyset import first
from opale.listings import checks, groups
from opale.listings.declarations import Column, Group, Listing, RowAct
from opale.listings.filters import Choice, Days, Filter, Flag, Pick, Span
from opale.listings.groups import groups_of
from opale.listings.registry import get_listing, registered
from opale.listings.selection import Selection, groupable, order_of, sortable
from opale.organisation.models import Person

pytestmark = pytest.mark.xdist_group("listings")
LISTINGS = [pytest.param(one, id=one.name) for one in registered()]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


def reader_of(listing: Listing, house: House) -> Actor:
    """Return the administrator, or where that is none of a list's readers, one of them."""
    readers = (house.actors[name] for name in ("administrator", *NAMES))
    return next(actor for actor in readers if actor.can(listing.right))


def with_column(listing: Listing, column: Column) -> Listing:
    return replace(listing, columns=(*listing.columns, column))


@pytest.mark.parametrize("listing", LISTINGS)
def test_no_column_or_filter_tells_what_its_reader_may_not_see(
    listing: Listing, house: House
) -> None:
    told = {name: checks.tells_too_much(listing, house.actors[name]) for name in NAMES}
    assert {name: faults for name, faults in told.items() if faults} == {}


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_column_looks_at_nothing_that_it_does_not_name(listing: Listing, house: House) -> None:
    actor = reader_of(listing, house)
    assert first(Selection(listing, actor, {}).rows(), listing.order, 1), "a list without a line"
    asked = {one.name: checks.reads_unnamed(listing, one, actor) for one in listing.columns}
    assert {name: statements for name, statements in asked.items() if statements} == {}
    assert checks.acts_read_unnamed(listing, actor) == []


@pytest.mark.parametrize("listing", LISTINGS)
def test_the_form_of_each_bulk_act_is_built_for_who_asks(listing: Listing, house: House) -> None:
    assert checks.unbuilt_forms(listing, reader_of(listing, house)) == []


def test_a_form_of_a_bulk_act_that_knows_nobody_is_caught(house: House) -> None:
    """Planted: a form that takes who asks by another name than the view gives."""
    calls, actor = get_listing("calls"), house.actors["administrator"]
    (dismissal,) = (act for act in calls.acts if isinstance(act, RowAct) and act.form)
    planted = replace(dismissal, form=lambda data, *, actor: Form(data))
    (fault,) = checks.unbuilt_forms(replace(calls, acts=(planted,)), actor)
    assert fault.startswith("act dismiss: ")


@pytest.mark.parametrize("listing", LISTINGS)
def test_the_rows_begin_with_who_is_asking(listing: Listing, house: House) -> None:
    assert checks.starts_with_nobody(listing, ANONYMOUS)


def unknown_arguments(listing: Listing) -> set[str]:
    """Return the arguments of a listing's filters that its `rows` does not take."""
    takes = inspect.signature(listing.rows).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in takes):
        return set()
    return {one.argument for one in listing.filters if one.argument} - {one.name for one in takes}


@pytest.mark.parametrize("listing", LISTINGS)
def test_the_rows_take_what_each_filter_gives_them(listing: Listing) -> None:
    assert unknown_arguments(listing) == set()


def test_a_filter_that_the_rows_do_not_take_is_caught() -> None:
    plans = get_listing("plan-proposals")
    stray = replace(plans, filters=(*plans.filters, Choice("site", "Site", (), argument="site")))
    assert unknown_arguments(stray) == {"site"}


@pytest.mark.parametrize("listing", LISTINGS)
def test_each_order_of_a_list_is_one_that_the_database_can_sort(
    listing: Listing, house: House
) -> None:
    actor = reader_of(listing, house)
    for sort in sortable(listing, actor):
        selection = Selection(listing, actor, {}, sort)
        assert len(first(selection.rows(), order_of(listing, sort), 2)) <= 2
    for order in listing.orders.values():
        assert len(first(Selection(listing, actor, {}).rows(), order, 2)) <= 2


def test_a_column_of_a_hidden_relation_is_caught(house: House) -> None:
    """Planted: a group colleague sees shared items, and reads no customer."""
    colleague = house.actors["group_colleague"]
    items = get_listing("items")
    planted = Column("owner", "Owner", "customer__name")
    assert checks.tells_too_much(items, colleague) == []
    assert checks.tells_too_much(with_column(items, planted), colleague) == [
        "column owner reads customer without customers.read"
    ]
    guarded = replace(planted, right="customers.read")
    assert checks.tells_too_much(with_column(items, guarded), colleague) == []


def test_an_order_by_a_hidden_relation_is_caught(house: House) -> None:
    planted = Column("owner", "Owner", lambda _row: "", order="customer__name")
    faults = checks.tells_too_much(
        with_column(get_listing("items"), planted), house.actors["group_colleague"]
    )
    assert faults == ["column owner reads customer without customers.read"]


def test_a_filter_by_a_hidden_relation_is_caught(house: House) -> None:
    items, colleague = get_listing("items"), house.actors["group_colleague"]
    by_lookup = Choice("language", "Language", (("fr", "French"),), lookup="customer__language")
    by_choice = Pick("owner", "Owner", lookup="pk", rows=lambda actor: customers(seen_by=actor))
    planted = replace(items, filters=(*items.filters, by_lookup, by_choice))
    assert checks.tells_too_much(planted, colleague) == [
        "filter language reads customer without customers.read",
        "filter owner reads its choices without customers.read",
    ]


def test_a_column_that_looks_at_what_it_does_not_name_is_caught(house: House) -> None:
    """Planted: a function that follows a relation, which the declaration keeps quiet about."""
    items, actor = get_listing("items"), house.actors["administrator"]
    planted = Column("where", "Where", lambda item: str(item.site))
    statements = checks.reads_unnamed(with_column(items, planted), planted, actor)
    assert statements
    assert all("infrastructure_site" in one for one in statements)
    named = replace(planted, reads=("site",))
    assert checks.reads_unnamed(with_column(items, named), named, actor) == []


def test_acts_of_lines_that_look_at_what_is_not_named_are_caught(house: House) -> None:
    """Planted: the end of what an item needs, an act below the item, which nothing names."""
    planted = replace(
        get_listing("items"),
        model=Dependency,
        rows=lambda seen_by: Dependency.objects.all(),
        columns=(),
        line_acts=("end_need",),
        reads=(),
    )
    actor = house.actors["administrator"]
    assert checks.acts_read_unnamed(planted, actor)
    assert checks.acts_read_unnamed(replace(planted, reads=("upper",)), actor) == []


def test_rows_that_begin_with_everything_are_caught(house: House) -> None:
    items = get_listing("items")
    planted = replace(items, rows=lambda seen_by: items.model._default_manager.all())
    assert not checks.starts_with_nobody(planted, ANONYMOUS)


GROUPED = [
    pytest.param(listing, column, id=f"{listing.name}-{column.name}")
    for listing in registered()
    for column in listing.columns
    if column.group is not None
]


@pytest.mark.parametrize(("listing", "column"), GROUPED)
def test_each_reader_counts_the_lines_that_it_sees(
    listing: Listing, column: Column, house: House
) -> None:
    for name in NAMES:
        actor = house.actors[name]
        if not actor.can(listing.right) or column.name not in groupable(listing, actor):
            continue
        grouped = Selection.read(listing, QueryDict(f"group={column.name}"), actor)
        assert grouped.group == column.name
        found = groups_of(grouped)
        assert found.total == Selection.read(listing, QueryDict(), actor).narrowed().count()
        for one in found.counts:
            if one.address:
                led = Selection.read(listing, QueryDict(one.address), actor)
                assert led.group == ""
                assert led.narrowed().count() == one.count, (name, one)


@pytest.mark.parametrize(("listing", "column"), GROUPED)
def test_nothing_is_counted_by_person_unless_it_is_allowed(
    listing: Listing, column: Column, house: House
) -> None:
    group = column.group
    assert group is not None
    field = groups.field_at(listing.model, group.path)
    assert group.person == (field.related_model is Person)
    actor = reader_of(listing, house)
    if group.person:
        assert column.name not in groupable(listing, actor)
        assert Selection.read(listing, QueryDict(f"group={column.name}"), actor).group == ""


def test_a_count_needs_the_right_to_see_the_column_on_every_line(house: House) -> None:
    listing = get_listing("tickets")
    hidden = Column("secret", "Secret", "state", right="no.right", group=Group("state"))
    assert "secret" not in groupable(with_column(listing, hidden), reader_of(listing, house))


NEGATED = [
    pytest.param(listing, one, id=f"{listing.name}-{one.name}")
    for listing in registered()
    for one in listing.filters
    if listing.inverts and one.negatable
]


def values_of(one: Filter, actor: Actor) -> list[Any]:
    """Return some values that a filter can have, as it reads them."""
    if isinstance(one, Choice):
        return [str(value) for value, _label in one.offered(actor)][:3]
    if isinstance(one, Pick):
        return list(one.rows(actor).order_by("pk").values_list("pk", flat=True)[:2])
    if isinstance(one, Flag):
        return [True] if one.offered(actor) else []
    if isinstance(one, Span):
        return [Days(first=date(2020, 1, 1))]
    return ["x"]


@pytest.mark.parametrize(("listing", "one"), NEGATED)
def test_a_negated_filter_shows_all_other_lines(
    listing: Listing, one: Filter, house: House
) -> None:
    actor = reader_of(listing, house)
    if one not in Selection(listing, actor, {}).filters:
        pytest.skip("not this reader's")
    whole = set(Selection(listing, actor, {}).narrowed().values_list("pk", flat=True))
    for value in values_of(one, actor):
        chosen = Selection(listing, actor, {one.name: value})
        negated = replace(chosen, negated=frozenset({one.name}))
        having = set(chosen.narrowed().values_list("pk", flat=True))
        assert set(negated.narrowed().values_list("pk", flat=True)) == whole - having
        assert having <= whole, "it narrows"
        again = Selection.read(listing, QueryDict(negated.address()), actor)
        assert (again.values[one.name], again.negated) == (value, negated.negated)
        assert not Selection.read(listing, QueryDict(negated.inverted(one)), actor).negated
        first(negated.rows(), negated.order, 1)
