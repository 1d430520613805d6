"""Addresses and sentences that stand in templates are worked out once."""

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from opale.ui.addresses import address


def drawn(text: str, **names: object) -> str:
    return Engine.get_default().from_string(text).render(Context(names))


def test_an_address_is_the_one_of_django() -> None:
    for name, args in (
        ("ui_offline", ()),
        ("desk_ticket", (12,)),
        ("desk_ticket", (1_000_000,)),
        ("desk_clock", (12, "restore")),
    ):
        assert address(name, *args) == address(name, *args) == reverse(name, args=args)


def test_what_leads_nowhere_is_refused() -> None:
    for name, args in (("no such page", ()), ("desk_ticket", (-1,)), ("desk_ticket", ("x",))):
        for _again in range(2):
            with pytest.raises(NoReverseMatch):
                address(name, *args)


def test_the_tag_draws_it_or_keeps_it() -> None:
    assert drawn("{% url 'desk_ticket' number %}", number=12) == reverse("desk_ticket", args=[12])
    assert drawn("{% url 'ui_offline' as way %}to {{ way }}") == f"to {reverse('ui_offline')}"
    assert drawn("{% url 'no such page' as way %}to {{ way }}") == "to "
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'no such page' %}")


def test_a_sentence_is_said_in_the_language_of_each_reader() -> None:
    page = Engine.get_default().from_string("{% translate 'Close' context 'a window' %}")
    said = []
    for language in ("fr", "en", "fr"):
        with translation.override(language):
            said.append(page.render(Context()))
    assert said == ["Fermer", "Close", "Fermer"]


def test_a_sentence_of_the_page_is_each_time_its_own() -> None:
    page = Engine.get_default().from_string("{% translate word %}")
    assert [page.render(Context({"word": word})) for word in ("<a>", "b")] == ["&lt;a&gt;", "b"]
