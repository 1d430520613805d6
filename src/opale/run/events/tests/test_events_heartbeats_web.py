"""Heartbeats on their page, by API, and as whatever fetches their address."""

import json
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker
from tests.personas import Personas, make_personas
from tests.serving import Server, serving

from opale.kernel.clock import now
from opale.run.events.actions import heartbeats, integrations, retention
from opale.run.events.models import Alert, Heartbeat, Integration, UnreadableDelivery
from opale.run.events.states import Severity
from opale.run.events.tests.builders import MAKER, make_integration

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("events-listener")]


@pytest.fixture
def house() -> Personas:
    retention.create_partition(now().date())
    return make_personas()


@pytest.fixture
def administrator(house: Personas) -> Client:
    return house.client("administrator")


@pytest.fixture
def heartbeat(house: Personas) -> Heartbeat:
    integration, _sender = make_integration("heartbeat")
    hour = timedelta(hours=1)
    long_ago = now() - 3 * hour
    return heartbeats.record_heartbeat(
        integration, "backup", every=hour, grace=hour, by=MAKER, at=long_ago
    )


def test_the_page_shows_what_fails_to_come_to_who_works(
    house: Personas, heartbeat: Heartbeat
) -> None:
    agent = house.client("desk_agent")
    assert "Late" in agent.get("/alerts/heartbeats/").content.decode()
    heartbeats.raise_missed_heartbeats(by=MAKER, at=now())
    page = agent.get("/alerts/heartbeats/").content.decode()
    assert "Missing" in page
    assert "Delete" not in page


def test_without_any_the_page_says_what_they_are_for(administrator: Client) -> None:
    page = administrator.get("/alerts/heartbeats/").content.decode()
    assert "No heartbeats yet" in page


def test_one_is_made_and_changed_on_the_page(administrator: Client, house: Personas) -> None:
    integration, _sender = make_integration("heartbeat")
    told = {"integration": integration.pk, "name": "backup", "every": "1d", "grace": "2h"}
    answer = administrator.post("/alerts/heartbeats/new/", told | {"severity": 5})
    assert answer.status_code == 302
    made = Heartbeat.objects.get()
    assert (made.every, made.grace, made.severity) == (
        timedelta(days=1),
        timedelta(hours=2),
        Severity.CRITICAL,
    )
    page = administrator.get(f"/alerts/heartbeats/{made.pk}/").content.decode()
    assert 'value="1d"' in page
    wrong = {"every": "soon", "grace": "5m", "severity": 4}
    assert administrator.post(f"/alerts/heartbeats/{made.pk}/", wrong).status_code == 422
    administrator.post(f"/alerts/heartbeats/{made.pk}/", wrong | {"every": "90s"})
    made.refresh_from_db()
    assert made.every == timedelta(seconds=90)


def test_one_is_paused_expected_again_and_removed_on_the_page(
    administrator: Client, heartbeat: Heartbeat
) -> None:
    path = f"/alerts/heartbeats/{heartbeat.pk}/"
    administrator.post(f"{path}activity/")
    assert "Paused" in administrator.get("/alerts/heartbeats/").content.decode()
    administrator.post(f"{path}activity/")
    heartbeat.refresh_from_db()
    assert heartbeat.active
    administrator.post(f"{path}removal/")
    assert not Heartbeat.objects.exists()


def test_the_api_makes_shows_changes_and_removes(house: Personas) -> None:
    integration, _sender = make_integration("heartbeat")
    client, token = Client(), house.token("administrator")

    def ask(method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        answer = client.generic(
            method,
            f"/api/v1{path}",
            json.dumps(body) if body else "",
            "application/json",
            HTTP_AUTHORIZATION=f"Bearer {token}",
        )
        return answer.status_code, json.loads(answer.content or b"{}")

    told = {"integration_id": integration.pk, "name": "backup", "every_seconds": 3600}
    status, made = ask("POST", "/heartbeats", told)
    assert (status, made["state"], made["grace_seconds"]) == (201, "expected", 300)
    assert ask("POST", "/heartbeats", told)[0] == 422
    path = f"/heartbeats/{made['id']}"
    assert ask("PATCH", path, {"active": False})[1]["state"] == "paused"
    assert ask("GET", path)[1]["every_seconds"] == 3600
    assert [one["name"] for one in ask("GET", "/heartbeats")[1]["items"]] == ["backup"]  # type: ignore[attr-defined]  # a list of objects
    assert ask("DELETE", path)[0] == 204
    assert ask("GET", path)[0] == 404


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.mark.django_db(transaction=True)
def test_curl_at_the_end_of_a_job_is_a_sign_of_life(server: Server) -> None:
    integration, key = integrations.create_integration(name="Cron", format="heartbeat", by=MAKER)
    url = f"http://127.0.0.1:{server.port}/ingest/heartbeat/{key}"
    curl = ["curl", "-fsS", "-m", "30"]
    for further in (
        [f"{url}/nightly?every=1d&grace=2h"],
        ["-I", f"{url}/nightly"],
        ["-d", "x=1", f"{url}/nightly"],
    ):
        told = subprocess.run([*curl, *further], capture_output=True, check=True, text=True)
        assert told.returncode == 0
    beaten = Heartbeat.objects.get(integration=integration)
    assert (beaten.name, beaten.every) == ("nightly", timedelta(days=1))
    assert beaten.due_at is not None
    assert beaten.due_at > now() + timedelta(hours=25)
    assert subprocess.run([*curl, url], capture_output=True, check=False).returncode == 22
    assert server.ask("GET", f"/ingest/heartbeat/{key}/x?every=soon")[0] == 400
    assert UnreadableDelivery.objects.filter(integration=integration).count() == 2
    assert not Alert.objects.filter(integration=integration).exists()
    assert Integration.objects.get(pk=integration.pk).keys.get().last_used_at is not None
