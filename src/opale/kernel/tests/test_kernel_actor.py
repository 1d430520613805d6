"""Who is asking, and which rows a right reaches."""

import pytest
from django.db.models import Q

from opale.kernel.actor import (
    ANONYMOUS,
    EVERYTHING,
    OWN,
    OWN_TEAMS,
    SHARED,
    Actor,
    Scope,
    connector,
    system,
)
from opale.kernel.tests.lamps import Lamp, make_lamp, make_table, somebody


@pytest.fixture
def lamps(db: None) -> dict[str, Lamp]:
    make_table()
    return {
        "nobody's": make_lamp(),
        "of customer 1": make_lamp(customer_id=1),
        "of customer 2": make_lamp(customer_id=2),
        "of team 5": make_lamp(customer_id=3, team_id=5),
        "of person 7": make_lamp(customer_id=3, person_id=7),
    }


def seen(actor: Actor, lamps: dict[str, Lamp]) -> set[str]:
    found = set(Lamp.objects.visible_to(actor).values_list("pk", flat=True))
    return {name for name, lamp in lamps.items() if lamp.pk in found}


def test_an_unknown_right_reaches_nothing() -> None:
    assert somebody(work=EVERYTHING).reach("lamps.read", Lamp) == Q(pk__in=())


def test_an_anonymous_visitor_sees_nothing(lamps: dict[str, Lamp]) -> None:
    assert seen(ANONYMOUS, lamps) == set()


def test_a_right_on_everything_reaches_every_row(lamps: dict[str, Lamp]) -> None:
    assert seen(somebody(read=EVERYTHING), lamps) == set(lamps)


def test_each_way_of_a_scope_reaches_its_rows_and_ways_add_up(lamps: dict[str, Lamp]) -> None:
    assert seen(somebody(read=Scope(customers=frozenset({1}))), lamps) == {"of customer 1"}
    assert seen(somebody(read=Scope(teams=frozenset({5}))), lamps) == {"of team 5"}
    assert seen(somebody(7, read=OWN), lamps) == {"of person 7"}
    assert seen(somebody(read=SHARED), lamps) == {"nobody's"}
    both = Scope(customers=frozenset({2})) | Scope(teams=frozenset({5})) | OWN
    assert seen(somebody(7, read=both), lamps) == {"of customer 2", "of team 5", "of person 7"}


def test_teams_in_which_a_function_is_held_are_reached_once_it_is_granted(
    lamps: dict[str, Lamp],
) -> None:
    assert seen(somebody(read=OWN_TEAMS), lamps) == set()
    assert seen(somebody(read=OWN_TEAMS.granted_in([5])), lamps) == {"of team 5"}
    assert OWN.granted_in([5]) == OWN


def test_a_way_that_the_model_does_not_declare_reaches_nothing(lamps: dict[str, Lamp]) -> None:
    assert seen(somebody(read=Scope(sites=frozenset({1, 2, 3}))), lamps) == set()


def test_an_empty_scope_is_a_right_that_reaches_nothing(lamps: dict[str, Lamp]) -> None:
    actor = somebody(read=Scope())
    assert actor.can("lamps.read")
    assert seen(actor, lamps) == set()


def test_own_means_nothing_to_whoever_is_no_person(lamps: dict[str, Lamp]) -> None:
    token = Actor("token", "token:1", "script", {"lamps.read": OWN})
    assert seen(token, lamps) == set()


def test_another_right_than_reading_reaches_its_own_rows(lamps: dict[str, Lamp]) -> None:
    actor = somebody(read=EVERYTHING, work=Scope(customers=frozenset({2})))
    worked = Lamp.objects.visible_to(actor).within(actor, "lamps.work")
    assert [lamp.pk for lamp in worked] == [lamps["of customer 2"].pk]


def test_parts_of_opale_may_do_what_their_code_does(lamps: dict[str, Lamp]) -> None:
    assert system("clock").can("lamps.read")
    assert seen(system("clock"), lamps) == set(lamps)
    assert seen(connector("alertmanager", "Alertmanager"), lamps) == set(lamps)
    assert not somebody().unlimited


def test_everything_stays_everything_when_scopes_are_joined() -> None:
    joined = EVERYTHING | Scope(customers=frozenset({1}))
    assert joined.everything
    assert joined == Scope(customers=frozenset({1})) | EVERYTHING
