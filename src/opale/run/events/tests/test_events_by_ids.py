"""Columns of many alerts by their keys are what the models say they are."""

from dataclasses import replace

import pytest
from tests.personas import make_personas

from opale.run.events.actions import housekeeping
from opale.run.events.actions.ruling import DONE
from opale.run.events.enrichment import MATCHES
from opale.run.events.models import Alert
from opale.run.events.queries.by_ids import columns_of
from opale.run.events.queries.rules import SITUATED
from opale.run.events.queries.silences import DESCRIBED
from opale.run.events.tests.builders import at, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("columns", [(*SITUATED, *DONE), ("state", *DESCRIBED)])
def test_they_are_those_of_the_models(columns: tuple[str, ...]) -> None:
    make_personas()
    MATCHES.forget()
    housekeeping.open_day(at(0).date())
    _integration, sender = make_integration()
    awkward = {"host": 'a "quoted" \\ é', "empty": "", "%s": "%"}
    hand_in(sender, replace(fires(0, "a"), labels=awkward), fires(0, "b"), fires(0, "c"))
    ids = list(Alert.objects.filter(identity__in=["a", "b"]).values_list("pk", flat=True))
    wanted = list(Alert.objects.filter(pk__in=ids).order_by("pk").values_list(*columns))
    place = columns.index("id")
    assert sorted(columns_of(ids, columns), key=lambda row: row[place]) == wanted
    assert len(wanted) == 2
    assert list(columns_of([], columns)) == []
