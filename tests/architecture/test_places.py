"""The rail, *More*, *Settings* and the palette, put together by the rooms."""

from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, reverse

import opale
from opale.kernel.actor import Actor, system
from opale.listings.registry import registered
from opale.organisation.queries.identity import grants_of
from opale.organisation.queries.matrix import declared_rights
from opale.organisation.rights import Function
from opale.ui import navigation, palette, slots
from opale.ui.navigation import Area

WORKS = [one for one in Function if one not in (Function.EMPLOYEE, Function.CUSTOMER_CONTACT)]
FEWEST, MOST = 7, 9


def whoever(*functions: Function, leads: bool = False) -> Actor:
    """Return the actor of a person who holds these functions in one team."""
    held = {Function.EMPLOYEE: set[int](), **{one: {1} for one in functions}}
    led = {one: {1} for one in functions} if leads else {}
    return Actor(
        "person", "user:0", "Nadia", grants_of(held, led), person_id=0,
        functions=frozenset(held), led_functions=frozenset(led),
    )  # fmt: skip


def entries(area: Area | None = None) -> list[navigation.Entry]:
    """Return the entries of apps; the tests of the page kit register one of a right of theirs."""
    known = set(declared_rights())
    found = navigation.entries_for(system("tests"), area)
    return [
        entry for entry in found if entry.right in known or not entry.url_name.startswith("ui_")
    ]


def names(entries: list[navigation.Entry]) -> list[str]:
    return [entry.url_name for entry in entries]


def test_each_place_has_a_key_of_its_own() -> None:
    keys = Counter(entry.key for entry in entries() if entry.key)
    assert len(keys) >= 10
    assert not [key for key, places in keys.items() if places > 1]


def test_what_is_put_into_a_slot_is_drawn_by_a_page() -> None:
    root = Path(opale.__file__).parent
    # Some pages name the slot in Python; who fills one does so in apps.py.
    pages = (*root.rglob("*.html"), *(one for one in root.rglob("*.py") if one.name != "apps.py"))
    drawn = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert [slot for slot in slots.filled_slots() if f'"{slot}"' not in drawn] == []


@pytest.mark.parametrize("area", [Area.ROOM, Area.SETTINGS])
def test_each_heading_stands_once(area: Area) -> None:
    everything = entries(area)
    headings = [heading for heading, _ in groupby(everything, lambda entry: str(entry.group))]
    assert len(headings) >= 4
    assert [heading for heading, times in Counter(headings).items() if times > 1] == []


@pytest.mark.parametrize("function", WORKS)
def test_the_rail_of_each_function_fits(function: Function) -> None:
    for leads in (False, True):
        shown = names(navigation.default_rail(whoever(function, leads=leads)))
        assert shown[0] == "home"
        few = 4 if function == Function.GROUP_COLLEAGUE else FEWEST
        assert few <= len(shown) <= MOST, shown


def test_the_rail_of_many_functions_fits_and_one_of_none_is_not_empty() -> None:
    assert len(navigation.default_rail(whoever(*WORKS))) == MOST
    assert {"home", "desk_own_list"} <= set(names(navigation.default_rail(whoever())))


def test_who_leads_a_team_has_the_rooms_of_leads() -> None:
    agent = Function.DESK_AGENT
    assert "desk_lead" not in names(navigation.default_rail(whoever(agent)))
    assert "desk_lead" in names(navigation.default_rail(whoever(agent, leads=True)))


def test_each_room_is_in_the_rail_or_behind_more_and_never_in_both() -> None:
    for function in WORKS:
        actor = whoever(function)
        shown, more = navigation.rail_entries(actor)
        rooms = navigation.entries_for(actor, Area.ROOM)
        assert sorted(names(shown) + names(more)) == sorted(names(rooms))


def test_each_entry_asks_a_right_that_exists_and_names_functions_that_exist() -> None:
    known = set(declared_rights())
    for entry in entries():
        assert not entry.right or entry.right in known, entry.url_name
        assert {*entry.rail, *entry.rail_of_leads} <= set(Function), entry.url_name
        assert (entry.area == Area.SETTINGS) == bool(entry.about), entry.url_name


def test_a_rail_that_asks_a_function_is_one_that_the_function_may_open() -> None:
    for entry in navigation.entries():
        for function in entry.rail:
            assert entry.offered_to(whoever(Function(function))), (entry.url_name, function)


def test_the_palette_finds_every_page_of_a_list() -> None:
    everyone = system("tests")
    known = set(names(navigation.entries_for(everyone)))
    missing = {
        listing.url_name
        for listing in registered()
        if not _has_parameters(listing.url_name) and listing.url_name not in known
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("roster", "shifts_roster"),
        ("snippets", "desk_modules"),
        ("paging", "paging_board"),
        ("repair pl", "resources_plans"),
        ("SLA", "customers_plans"),
        ("cmdb", "infrastructure_items"),
    ],
)
def test_the_palette_knows_other_names_of_pages(text: str, name: str) -> None:
    assert reverse(name) in [one.url for one in palette.pages(text, system("tests"), 20)]


def _has_parameters(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return True
    return False
