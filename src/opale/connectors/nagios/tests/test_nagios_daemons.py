"""The script, run by real daemons and by hand, against Opale's own listener."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests import monitors
from tests.monitors import NEEDS_MONITORS, Monitor, put_script
from tests.serving import Server, eventually, free_port, serving

from opale.connectors.nagios import Icinga, Nagios
from opale.run.events.actions import integrations
from opale.run.events.models import Alert, Integration
from opale.run.events.tests.builders import MAKER

pytestmark = [pytest.mark.xdist_group("events-listener"), NEEDS_MONITORS]
Running = Callable[[Path, str, str], AbstractContextManager[Monitor]]


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


def source(server: Server, tool: str) -> tuple[Integration, str]:
    name = f"{tool} {time.monotonic_ns()}"
    integration, key = integrations.create_integration(name=name, format=tool, by=MAKER)
    return integration, f"http://127.0.0.1:{server.port}/ingest/{tool}/{key}"


def fetched(server: Server, url: str) -> str:
    """The script as a monitoring server fetches it; Opale's public name is not to be reached."""
    path = url.removeprefix(f"http://127.0.0.1:{server.port}")
    status, body, _ = server.ask("GET", f"{path}/opale-notify")
    assert status == 200
    lines = body.decode().splitlines()
    (where,) = [n for n, line in enumerate(lines) if line.startswith("url=")]
    assert path in lines[where]
    return "\n".join([*lines[:where], f"url={url}", *lines[where + 1 :], ""])


def of(integration: Integration, identity: str = "web01!http", **state: str) -> Alert | None:
    return Alert.objects.filter(integration=integration, identity=identity, **state).first()


@pytest.mark.parametrize(
    ("tool", "pasted", "running"),
    [("icinga", Icinga(), monitors.icinga), ("nagios", Nagios(), monitors.nagios)],
)
def test_a_daemon_tells_of_a_trouble_from_its_start_to_its_end(
    server: Server, tmp_path: Path, tool: str, pasted: Icinga | Nagios, running: Running
) -> None:
    integration, url = source(server, tool)
    with running(tmp_path, fetched(server, url), pasted.example(url, "")) as monitor:
        monitor.result(2, "Connection refused by host")
        raised = eventually(lambda: of(integration))
        assert raised is not None, monitor.told
        assert (raised.state, raised.severity_code) == ("open", "critical")
        assert raised.title == "web01 / http: Connection refused by host"
        monitor.acknowledge("ann", "on it")
        assert eventually(lambda: of(integration, state="acknowledged")), monitor.told
        monitor.result(0, "HTTP 200")
        cleared = eventually(lambda: of(integration, state="cleared"))
        assert cleared is not None, monitor.told
        assert cleared.pk == raised.pk
        monitor.host_result(1, "no answer to pings")
        assert eventually(lambda: of(integration, "web01", state="open")), monitor.told


class Script:
    """The script run by hand, as a daemon would."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder, self.path = folder, folder / "opale-notify"
        put_script(self.path, text)

    def run(self, *words: str) -> int:
        spool = {"OPALE_SPOOL": str(self.folder / "spool")}
        ran = subprocess.run(
            [self.path, *words], env={**os.environ, **spool}, timeout=60, check=False
        )
        return ran.returncode

    def waiting(self) -> int:
        return len(list((self.folder / "spool").glob("*")))


PROBLEM = ("-t", "PROBLEM", "-l", "web01", "-e", "http", "-s", "CRITICAL", "-o")


def test_every_character_arrives(server: Server, tmp_path: Path) -> None:
    integration, url = source(server, "icinga")
    script = Script(tmp_path, fetched(server, url))
    output = "é \"quoted\" \\ back\\n 'x' & = % + $HOME `id`\nsecond line\ttab"
    assert script.run(*PROBLEM, output) == 0
    alert = of(integration)
    assert alert is not None
    assert alert.raw["o"] == output
    assert script.waiting() == 0


def test_what_was_not_accepted_is_handed_in_by_the_next_run(server: Server, tmp_path: Path) -> None:
    integration, url = source(server, "nagios")
    text = fetched(server, url).replace("pause=2", "pause=0")
    nobody = f"http://127.0.0.1:{free_port()}/ingest"
    script = Script(tmp_path, text.replace(f"url={url}", f"url={nobody}"))
    assert script.run("NOTIFICATIONTYPE=PROBLEM", "HOSTNAME=a", "HOSTSTATE=DOWN") == 1
    assert script.waiting() == 1
    put_script(script.path, text)
    assert script.run("NOTIFICATIONTYPE=PROBLEM", "HOSTNAME=b", "HOSTSTATE=DOWN") == 0
    assert of(integration, "a", state="open")
    assert of(integration, "b", state="open")
    assert script.waiting() == 0


def test_a_wrong_key_and_what_is_no_notification_are_no_success(
    server: Server, tmp_path: Path
) -> None:
    _integration, url = source(server, "icinga")
    text = fetched(server, url).replace("pause=2", "pause=0")
    script = Script(tmp_path, text)
    assert script.run("-t", "SINGING", "-l", "a", "-s", "DOWN") == 2
    assert script.run("-q") == 3
    assert script.waiting() == 0
    put_script(script.path, text.replace(f"url={url}", f"url={url}x"))
    assert script.run(*PROBLEM, "x") == 1
    assert script.waiting() == 1
