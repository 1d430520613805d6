"""Columns of many alerts by their keys are what the models say they are."""

import dataclasses

import pytest
from msgspec.structs import replace
from tests.personas import make_personas

from opale.customers.tests.builders import make_customer, make_service
from opale.infrastructure.models import ConfigurationItem, Site
from opale.kernel.attribution import attributed
from opale.run.events.actions import retention
from opale.run.events.actions.apply_rules import EVALUATED_COLUMNS
from opale.run.events.actions.ingestion import ingest
from opale.run.events.actions.new_alert_rules import rule_input_of_new_alert
from opale.run.events.domain.label_mapping import LabelMapping
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.models import Alert
from opale.run.events.queries.by_ids import columns_of
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.queries.rules import INPUT_COLUMNS, RuleInput
from opale.run.events.queries.silences import ATTRIBUTE_COLUMNS
from opale.run.events.states import Severity
from opale.run.events.tests.builders import MAKER, at, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "columns", [(*INPUT_COLUMNS, *EVALUATED_COLUMNS), ("state", *ATTRIBUTE_COLUMNS)]
)
def test_they_are_those_of_the_models(columns: tuple[str, ...]) -> None:
    make_personas()
    NAME_CACHE.forget()
    retention.create_partition(at(0).date())
    _integration, sender = make_integration()
    awkward = {"host": 'a "quoted" \\ é', "empty": "", "%s": "%"}
    hand_in(sender, replace(fires(0, "a"), labels=awkward), fires(0, "b"), fires(0, "c"))
    ids = list(Alert.objects.filter(identity__in=["a", "b"]).values_list("pk", flat=True))
    wanted = list(Alert.objects.filter(pk__in=ids).order_by("pk").values_list(*columns))
    place = columns.index("id")
    assert sorted(columns_of(ids, columns), key=lambda row: row[place]) == wanted
    assert len(wanted) == 2
    assert list(columns_of([], columns)) == []


def test_rules_see_what_a_batch_opened_as_it_is_stored() -> None:
    make_personas()
    NAME_CACHE.forget()
    retention.create_partition(at(0).date())
    with attributed(MAKER):
        oak = make_customer("OAK")
        make_service(oak, "VPN-7")
        site = Site.objects.create(code="REN", name="Rennes", kind="pop", country="FR")
        ConfigurationItem.objects.create(name="rtr-1", kind="router", site=site)
    _integration, sender = make_integration()
    naming = LabelMapping(
        items=("host",), services=("service",), customers=("customer",), sites=("site",)
    )
    sender = dataclasses.replace(sender, naming=naming)
    events = (
        fires(0, "all", host="rtr-1", service="VPN-7", site="REN"),
        fires(1, "whose", Severity.WARNING, started=-600.5, customer="OAK"),
        replace(fires(2, "bare"), labels={"host": 'a "quoted" \\ é', "empty": ""}),
    )
    written = ingest([ReceivedDelivery(sender, at(60), (*events, fires(3, "all", host="rtr-1")))])
    stored = {row[0]: RuleInput.of(row) for row in columns_of(written.ids.values(), INPUT_COLUMNS)}
    names = NAME_CACHE.names(alert.about for alert in written.alerts)
    known = {
        one.id: replace(
            rule_input_of_new_alert(one.life, one.about, sender, names[one.about]), id=one.id
        )
        for one in written.alerts
    }
    assert known == stored
    assert {(one.item, one.site, one.times) for one in known.values()} == {
        ("rtr-1", "REN", 2),
        ("", "", 1),
    }
    assert {one.customer for one in known.values()} == {"OAK", ""}
