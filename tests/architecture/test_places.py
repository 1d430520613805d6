"""The places of the rail, put together by the rooms."""

from collections import Counter

from opale.ui import navigation


def test_each_place_has_a_key_of_its_own() -> None:
    keys = Counter(entry.key for entry in navigation.entries() if entry.key)
    assert len(keys) >= 10
    assert not [key for key, places in keys.items() if places > 1]
