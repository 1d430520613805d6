"""Lists of words are typed in one field, and sent as lists."""

from typing import Any

import pytest

from opale.ui.list_field import ListField


@pytest.mark.parametrize(
    ("options", "said", "read"),
    [
        ({}, "a.example, b.example\nc.example", ("a.example", "b.example", "c.example")),
        ({}, ["a b", "c"], ("a b", "c")),
        ({}, "", ()),
        ({}, None, ()),
        ({"empty": None}, None, None),
        ({"empty": None}, "", ()),
        ({"phrases": True}, "two words,three", ("two words", "three")),
    ],
)
def test_words_are_read_as_typed_or_as_sent(options: dict[str, Any], said: Any, read: Any) -> None:
    assert ListField(**options).clean(said) == read


@pytest.mark.parametrize(
    ("value", "shown"), [(["a", "b"], "a\nb"), (("a",), "a"), (None, ""), ("a, b", "a, b")]
)
def test_words_are_shown_joined_and_what_was_typed_as_it_is(value: Any, shown: str) -> None:
    assert ListField(joint="\n").prepare_value(value) == shown
