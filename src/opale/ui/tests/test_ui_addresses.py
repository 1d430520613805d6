"""Addresses and sentences that stand in templates are worked out once."""

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from opale.ui.addresses import address
from opale.ui.components import translated


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


MARKED = "{% blocktranslate trimmed with number=ticket %}Mark {{ number }}{% endblocktranslate %}"


def test_a_sentence_with_a_value_of_the_page_is_said_in_the_language_of_each_reader() -> None:
    page = Engine.get_default().from_string(MARKED)
    said = []
    for language, ticket in (("fr", "T-1"), ("en", "T-2"), ("fr", "<T>")):
        with translation.override(language):
            said.append(page.render(Context({"ticket": ticket})))
    assert said == ["Cocher T-1", "Mark T-2", "Cocher &lt;T&gt;"]


def test_a_value_that_the_tag_does_not_name_is_found_on_the_page() -> None:
    text = "{% blocktranslate with a=one %}{{ a }} of {{ all }}, 100 %{% endblocktranslate %}"
    assert drawn(text, one=1, all=2) == "1 of 2, 100 %"
    named = "{% blocktranslate with a=one %}{{ a }}, 100 %{% endblocktranslate %}"
    assert drawn(named, one=1) == "1, 100 %"


def test_a_translation_that_names_what_is_not_there_gives_way_to_the_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(translated, "gettext", lambda _sentence: "%(nummer)s coché")
    with translation.override("fr"):
        assert drawn(MARKED, ticket="T-1") == "Cocher T-1"
