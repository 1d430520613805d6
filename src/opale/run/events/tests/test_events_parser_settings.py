"""The page on which people say how deliveries are read, and what that does to what comes next."""

import json

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.clock import now
from opale.kernel.errors import Invalid, NotAllowed
from opale.run.events.actions import integrations, retention
from opale.run.events.domain.deliveries import Delivery
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.listeners.batch_writer import BatchWriter
from opale.run.events.listeners.connector_runner import read_delivery
from opale.run.events.models import Alert, Integration, Sample
from opale.run.events.ports.tools import all_tools
from opale.run.events.tests.builders import MAKER

pytestmark = pytest.mark.django_db
SAID = {"problem": "Fan slow", "how": "low", "where": "rt-ren-01"}


@pytest.fixture
def house() -> Personas:
    retention.create_partition(now().date())
    return make_personas()


@pytest.fixture
def administrator(house: Personas) -> Client:
    return house.client("administrator")


@pytest.fixture
def integration(house: Personas) -> Integration:
    return integrations.create_integration(name="Home-made", format="generic", by=MAKER)[0]


def receive(integration: Integration, said: object) -> bool:
    """What the listener does with one delivery; whether an event was read of it."""
    integration.refresh_from_db()
    key = integration.keys.get()
    sender = Sender(
        integration.pk, integration.name, "generic", key.pk, settings=integration.settings
    )
    received = read_delivery(
        all_tools()["generic"], sender, Delivery(json.dumps(said).encode(), now())
    )
    BatchWriter().write([received])
    return bool(received.events)


def test_what_was_received_is_shown_as_the_sample(
    administrator: Client, integration: Integration
) -> None:
    url = f"/events/integrations/{integration.pk}/reading/"
    assert "Nothing received yet" in administrator.get(url).content.decode()
    assert receive(integration, {"how": "low", "where": "rt-ren-01"})
    page = administrator.get(url).content.decode()
    assert "rt-ren-01" in page
    assert "Home-made: event without a title" in page
    assert Alert.objects.get().title == "Home-made: event without a title"


def test_a_sample_is_the_newest_one(integration: Integration) -> None:
    for said in ({"title": "a"}, {"title": "b"}):
        receive(integration, said)
    assert json.loads(bytes(Sample.objects.get(integration=integration).body)) == {"title": "b"}


def test_a_trial_shows_what_the_sample_would_become_and_writes_nothing(
    administrator: Client, integration: Integration
) -> None:
    url = f"/events/integrations/{integration.pk}/reading/trial/"
    said = {"sample": json.dumps(SAID), "title": "problem", "severity": "how", "host": "where"}
    page = administrator.post(url, said).content.decode()
    assert "Fan slow" in page
    assert "host=rt-ren-01" in page
    wrong = administrator.post(url, said | {"title": "problem ||"}).content.decode()
    assert "Not a valid JMESPath expression" in wrong
    assert not Alert.objects.exists()
    integration.refresh_from_db()
    assert integration.settings == {}


def test_a_mapping_that_is_kept_reads_what_comes_next(
    administrator: Client, integration: Integration
) -> None:
    url = f"/events/integrations/{integration.pk}/reading/"
    form = {setting.name: setting.default for setting in all_tools()["generic"].settings}
    told = form | {"title": "problem", "severity": "how", "host": "where"}
    assert administrator.post(url, told).status_code == 302
    integration.refresh_from_db()
    assert integration.settings == {"title": "problem", "severity": "how", "host": "where"}
    assert receive(integration, SAID)
    alert = Alert.objects.get()
    assert (alert.title, alert.severity_code) == ("Fan slow", "warning")
    assert alert.labels["host"] == "rt-ren-01"


def test_a_mapping_that_cannot_be_is_refused_with_its_field(
    administrator: Client, integration: Integration
) -> None:
    url = f"/events/integrations/{integration.pk}/reading/"
    answer = administrator.post(url, {"title": "problem ||"})
    assert answer.status_code == 422
    assert "Not a valid JMESPath expression" in answer.content.decode()
    with pytest.raises(Invalid) as raised:
        integrations.set_parser_settings(integration, {"title": ""}, by=MAKER)
    assert set(raised.value.fields) == {"title"}


def test_only_who_administers_says_how(house: Personas, integration: Integration) -> None:
    with pytest.raises(NotAllowed):
        integrations.set_parser_settings(integration, {"title": "a"}, by=house.actor("desk_agent"))


def test_the_api_sets_and_shows_a_mapping(house: Personas, integration: Integration) -> None:
    client, token = Client(), house.token("administrator")
    answer = client.put(
        f"/api/v1/integrations/{integration.pk}/reading",
        json.dumps({"title": "problem"}),
        "application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    assert (answer.status_code, answer.json()["settings"]) == (200, {"title": "problem"})


def test_a_tool_whose_form_is_known_has_no_mapping(administrator: Client, house: Personas) -> None:
    known, _key = integrations.create_integration(name="AM", format="alertmanager", by=MAKER)
    assert administrator.get(f"/events/integrations/{known.pk}/reading/").status_code == 404
