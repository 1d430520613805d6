"""The media type as Zabbix's own engine of scripts runs it, against the listener."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_django.plugin import DjangoDbBlocker
from tests import zabbix
from tests.serving import Server, serving

from opale.run.events.actions import integrations
from opale.run.events.models import Alert, AlertNote, Event, Integration, UnreadableDelivery
from opale.run.events.tests.builders import MAKER

pytestmark = pytest.mark.xdist_group("zabbix")


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture
def source(server: Server) -> tuple[Integration, str]:
    name = f"at {time.monotonic_ns()}"
    integration, key = integrations.create_integration(name=name, format="zabbix", by=MAKER)
    return integration, f"/ingest/zabbix/{key}"


class Media:
    """The media type as it was fetched from its address, its macros filled in as Zabbix does."""

    def __init__(self, server: Server, path: str, folder: Path) -> None:
        status, body, _ = server.ask("GET", f"{path}/opale-zabbix.yaml")
        assert status == 200
        (whole,) = yaml.safe_load(body)["zabbix_export"]["media_types"]
        self.script, self.folder = whole["script"], folder
        self.parameters = {one["name"]: one["value"] for one in whole["parameters"]}
        assert self.parameters["opale_url"].endswith(path)
        self.parameters["opale_url"] = f"http://127.0.0.1:{server.port}{path}"

    def tell(self, **macros: str) -> Any:
        problem = {
            "event_id": "1042",
            "event_name": "Link down",
            "event_nseverity": "4",
            "event_source": "0",
            "event_value": "1",
            "event_update_status": "0",
            "event_tags": '[{"tag": "service", "value": "SVC-1"}]',
            "host_host": "rt-1",
            "user_fullname": "Ana",
        }
        return zabbix.run(self.script, self.parameters | problem | macros, self.folder)


@pytest.fixture
def media(server: Server, source: tuple[Integration, str], tmp_path: Path) -> Media:
    return Media(server, source[1], tmp_path)


@zabbix.NEEDS_ZABBIX
def test_a_problem_is_raised_seen_to_and_over(
    media: Media, source: tuple[Integration, str]
) -> None:
    told = media.tell()
    alert = Alert.objects.get(integration=source[0])
    assert told["tags"]["__zbx_opale_alert"] == str(alert.pk)
    assert told["tags"]["__zbx_opale_link"].endswith(f"/alerts/{alert.pk}/")
    assert (alert.identity, alert.state, alert.severity_code) == ("1042", "open", "major")
    assert (alert.labels["host"], alert.labels["service"]) == ("rt-1", "SVC-1")
    media.tell(
        event_update_status="1",
        event_update_action="acknowledged, commented and changed severity from High to Warning",
        event_update_nseverity="2",
        event_update_message="Fibre cut",
    )
    alert.refresh_from_db()
    assert (alert.state, alert.severity_code) == ("acknowledged", "warning")
    assert AlertNote.objects.get(alert=alert).text == "Ana: Fibre cut"
    media.tell(event_update_status="1", event_update_action="unacknowledged", event_nseverity="2")
    alert.refresh_from_db()
    assert alert.state == "open"
    media.tell(event_value="0")
    alert.refresh_from_db()
    assert alert.state == "cleared"
    media.tell(event_update_status="1", event_update_action="acknowledged", event_value="0")
    alert.refresh_from_db()
    assert alert.state == "cleared"


@zabbix.NEEDS_ZABBIX
def test_a_problem_closed_in_zabbix_is_closed(
    media: Media, source: tuple[Integration, str]
) -> None:
    media.tell()
    media.tell(event_update_status="1", event_update_action="closed")
    media.tell(event_value="0")
    assert Alert.objects.get(integration=source[0]).state == "closed"


@zabbix.NEEDS_ZABBIX
def test_nothing_opens_by_an_update_a_recovery_or_a_discovery(
    media: Media, source: tuple[Integration, str]
) -> None:
    assert media.tell(event_value="0") == {"tags": {}}
    update = {"event_update_status": "1", "event_update_action": "acknowledged"}
    assert media.tell(**update) == {"tags": {}}
    assert media.tell(event_source="1", event_value="2") == {"tags": {}}
    assert not Alert.objects.filter(integration=source[0]).exists()
    assert Event.objects.filter(integration_id=source[0].pk).count() == 2


@zabbix.NEEDS_ZABBIX
def test_the_same_problem_twice_is_one_alert(media: Media, source: tuple[Integration, str]) -> None:
    media.tell()
    media.tell()
    assert Alert.objects.get(integration=source[0]).count == 2


@zabbix.NEEDS_ZABBIX
def test_zabbix_shows_why_opale_refused(media: Media, source: tuple[Integration, str]) -> None:
    with pytest.raises(zabbix.ScriptFailed, match="Opale answered 400: event_value: 0 or 1"):
        media.tell(event_value="{EVENT.VALUE}")
    assert UnreadableDelivery.objects.filter(integration=source[0]).exists()
    media.parameters["opale_url"] += "x"
    with pytest.raises(zabbix.ScriptFailed, match="Opale answered 401"):
        media.tell()
    media.parameters["opale_url"] = "@URL@"
    with pytest.raises(zabbix.ScriptFailed, match="is not an address"):
        media.tell()


def test_large_and_packed_notices_are_read(server: Server, source: tuple[Integration, str]) -> None:
    integration, path = source
    notice = {
        "event_id": "7",
        "event_value": "1",
        "event_name": "Long",
        "alert_message": "x" * 600_000,
    }
    assert server.post_json(path, notice) == 200
    packed = gzip.compress(json.dumps(notice | {"event_id": "8"}).encode())
    assert server.ask("POST", path, packed, Content_Encoding="gzip")[0] == 200
    assert Alert.objects.filter(integration=integration).count() == 2
