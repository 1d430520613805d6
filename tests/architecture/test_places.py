"""The places of the rail, put together by the rooms."""

from collections import Counter
from itertools import groupby
from pathlib import Path

import opale
from opale.kernel.actor import system
from opale.ui import navigation, slots


def test_each_place_has_a_key_of_its_own() -> None:
    keys = Counter(entry.key for entry in navigation.entries() if entry.key)
    assert len(keys) >= 10
    assert not [key for key, places in keys.items() if places > 1]


def test_what_is_put_into_a_slot_is_drawn_by_a_page() -> None:
    root = Path(opale.__file__).parent
    # Some pages name the slot in Python; who fills one does so in apps.py.
    pages = (*root.rglob("*.html"), *(one for one in root.rglob("*.py") if one.name != "apps.py"))
    drawn = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert [slot for slot in slots.filled_slots() if f'"{slot}"' not in drawn] == []


def test_each_heading_of_the_rail_stands_once() -> None:
    everything = [entry for entry in navigation.entries_for(system("tests")) if not entry.own]
    headings = [heading for heading, _ in groupby(everything, lambda entry: str(entry.group))]
    assert len(headings) >= 4
    assert [heading for heading, times in Counter(headings).items() if times > 1] == []
