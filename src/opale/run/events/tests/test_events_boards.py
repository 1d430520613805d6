"""Pages of the board that only its view narrows: as the whole list has them, page by page."""

from random import Random

import pytest
from django.http import QueryDict
from tests.personas import make_personas

from opale.kernel.actor import Actor
from opale.run.events.actions import alerts, retention
from opale.run.events.models import Alert
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.boards import board_page, is_whole_view
from opale.run.events.states import Severity
from opale.run.events.tests.builders import at, fires, hand_in, make_integration
from opale.run.events.web.filters import VIEWS, filters_of

pytestmark = pytest.mark.django_db
VIEW_ADDRESSES = [f"view={view}" for view in VIEWS]


@pytest.fixture
def desk() -> Actor:
    personas = make_personas()
    engineer = personas.actor("run_engineer")
    retention.create_partition(at(0).date())
    chance = Random(5)
    _integration, sender = make_integration()
    hand_in(
        sender,
        *(fires(n % 5, f"n-{n}", chance.choice(list(Severity)[1:4]), "Link") for n in range(40)),
    )
    keys = list(Alert.objects.order_by("id").values_list("pk", flat=True))
    rows = Alert.objects.visible_to(engineer)
    alerts.acknowledge_alerts(rows.filter(pk__in=keys[:9]), by=engineer, at=at(9))
    alerts.close_alerts(rows.filter(pk__in=keys[20:31]), by=engineer, at=at(9))
    return engineer


@pytest.mark.parametrize("address", VIEW_ADDRESSES)
def test_each_stretch_of_a_view_is_that_of_the_whole_view(desk: Actor, address: str) -> None:
    filters = filters_of(QueryDict(address), desk)
    assert is_whole_view(filters)
    whole = list(alert_queries.alerts(filters, seen_by=desk).order_by(*filters.order))
    for size in (3, 50):
        assert board_page(filters, size, seen_by=desk) == whole[:size]
        for number, alert in enumerate(whole[::4]):
            place = [getattr(alert, column.lstrip("-")) for column in filters.order]
            ahead = board_page(filters, size, seen_by=desk, place=place)
            assert ahead == whole[4 * number + 1 :][:size]
            back = board_page(filters, size, seen_by=desk, place=place, back=True)
            assert back == whole[: 4 * number][::-1][:size]


def test_the_views_tried_hold_something(desk: Actor) -> None:
    for view in ("standing", "closed"):
        filters = filters_of(QueryDict(f"view={view}"), desk)
        assert alert_queries.alerts(filters, seen_by=desk).count() > 9


@pytest.mark.parametrize("more", ["q=link", "severity=major", "integration=1", "owner=me"])
def test_what_is_narrowed_further_is_no_whole_view(desk: Actor, more: str) -> None:
    assert not is_whole_view(filters_of(QueryDict(more), desk))
