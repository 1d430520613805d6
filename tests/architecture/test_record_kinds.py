"""Each kind of record that can be discussed: who reads its comments, and where they are."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.house import House, standing
from tests.personas import NAMES

from opale.discussions.ports import RecordKind, record_kinds
from opale.discussions.queries import audience_of, get_record, visible_records
from opale.discussions.rights import READ
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed, NotFound
from opale.organisation.models import Person
from opale.ui.live import may_receive

pytestmark = pytest.mark.xdist_group("record_kinds")


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


def key_of(house: House, kind: RecordKind) -> object:
    """Return what names the record of a kind in the house, as its subject looks it up."""
    return house.things[kind.subject.key]


def opens(kind: RecordKind, key: object, actor: Actor) -> int:
    """Return the id of a record that an actor may see; 0 for one that is hidden."""
    assert kind.subject.get is not None
    try:
        return int(kind.subject.get(key, seen_by=actor).pk)
    except (NotFound, NotAllowed):
        return 0


@pytest.mark.parametrize("name", record_kinds())
def test_who_may_open_a_record_reads_its_comments_and_nobody_else(house: House, name: str) -> None:
    kind = record_kinds()[name]
    key = key_of(house, kind)
    seen = {persona: opens(kind, key, house.actors[persona]) for persona in NAMES}
    record_id = max(seen.values())
    assert record_id, f"nobody of the house may open the {name}"
    for persona in NAMES:
        actor = house.actors[persona]
        allowed = bool(seen[persona]) and actor.can(READ)
        status = house.clients[persona].get(f"/discussions/{name}/{record_id}/").status_code
        assert (status == 200) == allowed, (persona, status)


@pytest.mark.parametrize("name", record_kinds())
def test_who_is_told_of_a_record_is_who_may_open_it(house: House, name: str) -> None:
    kind = record_kinds()[name]
    key = key_of(house, kind)
    seen = {persona: opens(kind, key, house.actors[persona]) for persona in NAMES}
    opener = house.actors[max(seen, key=lambda persona: seen[persona])]
    record = get_record(name, max(seen.values()), seen_by=opener)
    found = Person.objects.filter(pk__in=[one.person_id for one in house.actors.values()])
    people = list(found.select_related("user"))
    told = {person.pk for person in audience_of(record).among(people)}
    for persona, record_id in seen.items():
        actor = house.actors[persona]
        if actor.person_id is not None:
            assert (actor.person_id in told) == bool(record_id and actor.can(READ)), persona
            assert bool(visible_records(name, [record.id], actor)) == (actor.person_id in told)
        hears = may_receive(actor, record.topic, record.customer_id)
        assert hears or not record_id or not actor.can(READ), f"{persona} sees no comment come"
        assert actor.can(READ) or not hears, f"{persona} hears of comments"


@pytest.mark.parametrize("name", record_kinds())
def test_the_page_of_a_record_shows_its_comments(house: House, name: str) -> None:
    kind = record_kinds()[name]
    key = key_of(house, kind)
    for persona in NAMES:
        actor = house.actors[persona]
        if (record_id := opens(kind, key, actor)) and actor.can(READ):
            record = get_record(name, record_id, seen_by=actor)
            page = house.clients[persona].get(record.url.partition("#")[0])
            if page.status_code == 200:  # who may not open the page has the address alone
                assert 'id="discussion"' in page.content.decode(), persona
                break
    else:
        pytest.fail(f"nobody of the house is shown the page of the {name}")
