"""What is typed, read; and where it stands in a text."""

import pytest

from opale.kernel.fulltext import Term, TextPart, excerpt, highlight, parse_query, terms_of


def test_words_phrases_and_unwanted_words_are_told_apart() -> None:
    assert terms_of('fibre "lien coupé" -Lille -"deux mots" rtr-01') == [
        Term("fibre", "fibre"),
        Term("lien coupé", "lien coupé"),
        Term("Lille", "Lille", unwanted=True),
        Term("deux mots", "deux mots", unwanted=True),
        Term("rtr 01", "rtr-01"),
    ]
    assert terms_of('"ouvert') == [Term("ouvert", "ouvert")]
    assert terms_of('- -- "" / .') == []
    assert len(terms_of("a b c d e f g h i j k l m n o p")) == 12


@pytest.mark.django_db
def test_a_question_of_common_words_alone_asks_nothing() -> None:
    assert not parse_query("the le de")
    assert not parse_query("-fibre")
    assert parse_query("the fibre")
    assert parse_query('fibre -rouge "à vélo"').names == "fibre à vélo"


@pytest.mark.django_db
def test_the_places_are_marked_where_they_stand_and_nothing_else_changes() -> None:
    text = "L’ÉQUIPE a vu rtr-ren-01: <b>équipes</b> \ue000 & co"
    (parts,) = highlight([text], parse_query("equipe rtr-ren-01"))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.found] == ["ÉQUIPE", "rtr", "ren", "01", "équipes"]
    assert highlight([text], parse_query("")) == [[TextPart(text)]]


@pytest.mark.django_db
def test_an_excerpt_begins_shortly_before_the_first_place() -> None:
    text = f"{'avant ' * 80}transpondeur{' après' * 80}"
    (parts,) = highlight([text], parse_query("transpondeur"))
    shown = excerpt(parts)
    assert [part.text for part in shown if part.found] == ["transpondeur"]
    whole = "".join(part.text for part in shown)
    assert whole.startswith("…avant")
    assert whole.endswith("après…")
    assert len(whole) < 400
    assert excerpt([TextPart("court")]) == [TextPart("court")]
    assert excerpt([]) == [TextPart("")]
