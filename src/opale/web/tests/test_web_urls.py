"""Addresses: what was found once is known again."""

from typing import Any

import pytest
from django.urls import Resolver404, get_resolver, resolve

from opale.run.desk.web import queue, tickets


@pytest.fixture
def remembered() -> Any:
    """What the resolver of all addresses knows of what it did."""
    known: Any = get_resolver().url_patterns[0]
    return known.known.cache_info


def test_an_address_leads_where_it_led_before() -> None:
    for _ in range(2):
        for number in (7, 8):
            match = resolve(f"/tickets/{number}/")
            assert (match.url_name, match.kwargs) == ("desk_ticket", {"number": number})
            assert match.func is tickets.show
        assert resolve("/desk/open/").kwargs == {"view": "open"}
        assert resolve("/desk/open/").func is queue.show


def test_what_is_known_is_not_compared_again(remembered: Any) -> None:
    resolve("/ui/rail/")
    hits = remembered().hits
    resolve("/ui/rail/")
    assert remembered().hits == hits + 1


def test_what_leads_nowhere_does_so_each_time(remembered: Any) -> None:
    kept = remembered().currsize
    for _ in range(2):
        with pytest.raises(Resolver404):
            resolve("/nowhere/at/all/")
    assert remembered().currsize == kept
