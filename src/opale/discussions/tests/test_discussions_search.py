"""Search of comments: by words of both languages, on records that the reader may open alone."""

import pytest
from tests.personas import Personas, make_personas

from opale.discussions import actions, queries
from opale.discussions.queries import Record
from opale.kernel.actor import Actor
from opale.kernel.fulltext import parse_query


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def manager(house: Personas) -> Actor:
    return house.actor("project_manager")


@pytest.fixture
def record(house: Personas, manager: Actor) -> Record:
    return queries.get_record("customer", house.customer.pk, seen_by=manager)


def found(text: str, actor: Actor, **options: int) -> list[str]:
    page = queries.search_comments(parse_query(text), seen_by=actor, **{"limit": 10} | options)
    return [one.comment.text for one in page.found]


@pytest.mark.parametrize(
    "asked", ["equipement", "équipements", "rebooting", '"rue des Lilas"', "lilas -tulipes"]
)
def test_words_are_found_in_both_languages(record: Record, manager: Actor, asked: str) -> None:
    text = "L'équipement de la rue des Lilas has rebooted"
    actions.add_comment(record, text, by=manager)
    assert found(asked, manager) == [text]


@pytest.mark.parametrize("asked", ["tulipes", '"Lilas des rue"', "equipement -lilas", "", "the"])
def test_what_does_not_hold_the_words_is_not_found(
    record: Record, manager: Actor, asked: str
) -> None:
    actions.add_comment(record, "L'équipement de la rue des Lilas has rebooted", by=manager)
    assert found(asked, manager) == []


@pytest.mark.parametrize("persona", ["employee", "customer_contact", "foreign_contact"])
def test_who_may_not_open_the_record_finds_nothing(
    house: Personas, record: Record, manager: Actor, persona: str
) -> None:
    actions.add_comment(record, "A secret transponder", by=manager)
    assert found("transponder", manager) != []
    assert found("transponder", house.actor(persona)) == []


def test_a_comment_that_is_found_is_read_without_marks(
    house: Personas, record: Record, manager: Actor
) -> None:
    actions.add_comment(record, "# Lyon\n\n- a **new** transponder", by=manager)
    page = house.client("project_manager").get("/search/", {"q": "transponder"}).text
    assert "Lyon - a new <mark>transponder</mark>" in page
    assert "**" not in page


def test_a_deleted_comment_is_not_found(record: Record, manager: Actor) -> None:
    comment = actions.add_comment(record, "A wrong transponder", by=manager)
    actions.delete_comment(comment, by=manager)
    assert found("transponder", manager) == []


def test_pages_go_back_in_time(
    record: Record, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LOOKED_AT", 2)
    for number in range(5):
        actions.add_comment(record, f"Transponder {number}", by=manager)
    asked = parse_query("transponder")
    first = queries.search_comments(asked, seen_by=manager, limit=3)
    second = queries.search_comments(asked, seen_by=manager, limit=3, before=first.further)
    texts = [one.comment.text[-1] for one in (*first.found, *second.found)]
    assert texts == ["4", "3", "2", "1", "0"]
    assert second.further is None


def test_search_says_where_it_stopped_among_hidden_records(
    house: Personas, record: Record, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LOOKED_AT", 1)
    monkeypatch.setattr(queries, "PARTS", 2)
    made = [actions.add_comment(record, "A transponder", by=manager) for _n in range(4)]
    page = queries.search_comments(
        parse_query("transponder"), seen_by=house.actor("employee"), limit=3
    )
    assert (page.found, page.further) == ([], made[2].pk)
