"""Alerta's own command line, and Alerta itself as the measure of what Opale answers."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.peers import NEEDS_ALERTA, alerta, alerta_server
from tests.serving import Server, serving

from opale.connectors.alerta.tests.client import Api, opale
from opale.connectors.alerta.vocabulary import CLEARS, RANKS
from opale.run.events.models import Alert, Heartbeat

pytestmark = [pytest.mark.xdist_group("events-listener"), NEEDS_ALERTA]


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


class Line:
    """The command line, with its configuration in a folder of its own."""

    def __init__(self, folder: Path, api: Api) -> None:
        self.folder, self.api = folder, api

    def __call__(self, *words: str) -> str:
        done = alerta(self.folder, self.api.endpoint, str(self.api.key), *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, *words: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("--json", "query", *words))
        return found

    def status(self, id_: str) -> str:
        return str(self.query("--ids", id_)[0]["status"])


def test_the_command_line_works_unchanged(server: Server, tmp_path: Path) -> None:
    integration, api = opale(server)
    line = Line(tmp_path, api)
    down = ("-r", "web01", "-e", "HttpDown", "-E", "Production", "-S", "Web", "-T", "site=par1")
    sent = line("send", *down, "-s", "major", "-t", "no answer", "-v", "503", "-A", "rack=R1")
    assert "(indeterminate -> major)" in sent
    id_ = sent.split()[0]
    assert "(1 duplicates)" in line("send", *down, "-s", "major")
    assert "(major -> critical)" in line("send", *down, "-s", "critical")

    shown = line("query")
    assert id_[:8] in shown
    assert "HttpDown" in shown
    assert "critical" in shown
    assert "no answer" not in line("query", "--filter", "severity=major")
    assert [a["id"] for a in line.query("-q", 'resource:web01 AND severity:"critical"')] == [id_]

    line("ack", "--ids", id_[:8], "--text", "looking at it")
    assert line.status(id_) == "ack"
    line("unack", "--ids", id_)
    line("shelve", "--ids", id_, "--timeout", "60")
    assert line.status(id_) == "shelved"
    line("unshelve", "--ids", id_)
    line("tag", "--ids", id_, "--tag", "seen")
    line("untag", "--ids", id_, "--tag", "site=par1")
    line("update", "--ids", id_, "--attributes", "owner=ann")
    line("note", "--alert-ids", id_, "--text", "cable changed")
    assert "cable changed" in line("notes", "--alert-id", id_)
    (found,) = line.query("--ids", id_)
    assert found["tags"] == ["seen"]
    assert found["attributes"]["owner"] == "ann"
    assert "HttpDown" in line("query", "--full", "--ids", id_)

    assert "Production" in line("alerts", "--environments")
    assert "Web" in line("alerts", "--services")
    assert "seen" in line("alerts", "--tags")
    assert "HttpDown" in line("history")
    line("close", "--ids", id_)
    assert line.status(id_) == "closed"
    assert Alert.objects.get(integration=integration).state == "closed"

    beaten = line("heartbeat", "-O", "cron/db01", "-T", "backup", "--timeout", "3600")
    assert Heartbeat.objects.get(integration=integration).name == "cron/db01"
    assert "cron/db01" in line("heartbeats")
    line("heartbeat", "--delete", beaten.split()[0])
    assert not Heartbeat.objects.filter(integration=integration).exists()

    line("blackout", "-E", "Production", "-r", "web09", "--duration", "600", "--text", "works")
    assert "web09" in line("blackouts")
    line("blackouts", "--purge")
    line("version")
    line("delete", "--filter", "environment=Production")


def test_a_wrong_key_is_an_error_of_the_command_line(server: Server, tmp_path: Path) -> None:
    _integration, api = opale(server)
    done = alerta(tmp_path, api.endpoint, "guess", "send", "-r", "a", "-e", "b")
    assert done.returncode == 1
    assert "ERROR" in done.stderr


EVENTS: Final = ("NodeDown", "NodeSlow", "DiskFull")
WORDS: Final = ("critical", "major", "minor", "warning", "informational", "normal", "ok")
COMPARED: Final = (
    *("environment", "resource", "event", "severity", "status", "duplicateCount", "repeat"),
    *("previousSeverity", "trendIndication", "value", "text", "service", "group", "customer"),
)


class Sequence:
    """The same random calls for both: raises, clears and what people do."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.standing: dict[tuple[str, str], str] = {}
        self.gone: set[tuple[str, str]] = set()
        self.shelved: set[tuple[str, str]] = set()
        self.worst: dict[tuple[str, str], str] = {}

    def told(self, number: int) -> dict[str, Any] | None:
        pick = self.random.choice
        about = (pick(("node1", "node2")), pick(EVENTS))
        severity = pick(WORDS)
        if about in self.gone or (about not in self.standing and severity in CLEARS):
            return None
        if about in self.shelved or self._back_to_what_was_seen(about, severity):
            return None
        self.standing[about] = severity
        if severity in CLEARS or _worse(severity, self.worst.get(about, severity)):
            self.worst.pop(about, None)
        return {
            "resource": about[0],
            "event": about[1],
            "environment": "Production",
            "severity": severity,
            "service": ["Net"],
            "value": str(number % 3),
            "text": f"told {number % 5}",
            "timeout": 0,
        }

    def act(self) -> tuple[tuple[str, str], str] | None:
        open_ones = sorted(k for k, word in self.standing.items() if word not in CLEARS)
        if not open_ones:
            return None
        about = self.random.choice(open_ones)
        action = self.random.choice(("ack", "ack", "unack", "shelve", "unshelve", "close"))
        if action == "close":
            self.gone.add(about)
            del self.standing[about]
        elif action == "shelve":
            self.shelved.add(about)
        elif action == "unshelve":
            self.shelved.discard(about)
        elif action == "ack" and about not in self.shelved:
            self.worst.setdefault(about, self.standing[about])
        elif action == "unack" and about not in self.shelved:
            self.worst.pop(about, None)
        return about, action

    def _back_to_what_was_seen(self, about: tuple[str, str], severity: str) -> bool:
        """A rise of what is acknowledged, and no further than it was then."""
        worst = self.worst.get(about)
        rises = about in self.standing and _worse(severity, self.standing[about])
        return worst is not None and rises and not _worse(severity, worst)


def _worse(severity: str, than: str) -> bool:
    return RANKS[severity] < RANKS[than]


def _ids(api: Api) -> dict[tuple[str, str], str]:
    return {(a["resource"], a["event"]): a["id"] for a in api.alerts("?page-size=1000")}


def _shown(api: Api) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (alert["resource"], alert["event"]): {name: alert[name] for name in COMPARED}
        for alert in api.alerts("?page-size=1000")
    }


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with alerta_server(tmp_path_factory.mktemp("alerta")) as served:
        yield served


@pytest.mark.parametrize("seed", range(6))
def test_the_same_calls_leave_the_same_alerts(server: Server, real: Server, seed: int) -> None:
    _integration, ours = opale(server)
    theirs = Api(real)
    theirs.call("DELETE", "/_bulk/alerts")
    course = Sequence(seed)
    for number in range(40):
        if course.random.random() < 0.75:
            said = course.told(number)
            if said is None:
                continue
            answers = [api.tell(**said) for api in (ours, theirs)]
            assert _compared(answers[0]) == _compared(answers[1]), (seed, number, said)
        elif (act := course.act()) is not None:
            about, action = act
            statuses = [
                api.call("PUT", f"/alert/{_ids(api)[about]}/action", {"action": action})[0]
                for api in (ours, theirs)
            ]
            assert statuses[0] == statuses[1], (seed, number, act)
    assert _shown(ours) == _shown(theirs)
    for path in ("/alerts/count", "/environments", "/services"):
        mine, other = (api.call("GET", path)[1] for api in (ours, theirs))
        assert _counted(mine) == _counted(other), path


def _compared(alert: dict[str, Any]) -> dict[str, Any]:
    return {name: alert[name] for name in COMPARED}


def _counted(answered: Any) -> Any:
    """What was counted, without pages; Opale counts every clear as normal."""
    if isinstance(answered, list):
        return [_counted(one) for one in answered]
    if not isinstance(answered, dict):
        return answered
    paging = ("page", "pageSize", "pages", "more", "autoRefresh")
    found = {name: _counted(value) for name, value in answered.items() if name not in paging}
    if (clear := [word for word in found if word in CLEARS]) and "severity" not in found:
        found["normal"] = sum(found.pop(word) for word in clear)
    return found


def _act(api: Api, id_: str, action: str) -> int:
    return api.call("PUT", f"/alert/{id_}/action", {"action": action})[0]


def _clear_of_nothing(api: Api) -> object:
    api.tell(severity="normal")
    return len(api.alerts())


def _raise_after_a_close(api: Api) -> object:
    first = api.tell()["id"]
    assert _act(api, first, "close") == 200
    return api.tell(severity="critical")["id"] == first


def _clear_that_names_the_trouble(api: Api) -> object:
    api.tell(event="Down")
    api.tell(event="Up", severity="normal", correlate=["Down", "Up"])
    return len(api.alerts("?status=open"))


def _opened_by_hand(api: Api) -> object:
    id_ = api.tell()["id"]
    api.tell(severity="normal")
    return _act(api, id_, "open")


def _worse_on_the_shelf(api: Api) -> object:
    assert _act(api, api.tell(severity="minor")["id"], "shelve") == 200
    return api.tell(severity="major")["status"]


def _back_to_what_was_acknowledged(api: Api) -> object:
    assert _act(api, api.tell(severity="major")["id"], "ack") == 200
    api.tell(severity="minor")
    return api.tell(severity="major")["status"]


def _unknown_severity(api: Api) -> object:
    told = {"resource": "a", "event": "b", "environment": "Production", "severity": "bad"}
    return api.call("POST", "/alert", told)[0]


DIFFERENCES: Final[dict[str, tuple[Callable[[Api], object], object, object]]] = {
    # Alerta keeps a closed row for what never was wrong.
    "a clear of nothing leaves no alert": (_clear_of_nothing, 0, 1),
    # Alerta opens the closed row again; what somebody closed here is final.
    "a raise after a close is a new alert": (_raise_after_a_close, False, True),
    # Alerta looks at the names of the raise only.
    "a clear may name the trouble": (_clear_that_names_the_trouble, 0, 1),
    # Alerta lets a person open what its source has cleared.
    "what is cleared opens by its source alone": (_opened_by_hand, 409, 200),
    # Alerta leaves it there.
    "what gets worse on the shelf comes back": (_worse_on_the_shelf, "open", "shelved"),
    # Alerta ends an acknowledgement at any rise.
    "an acknowledgement covers the worst that was seen": (
        _back_to_what_was_acknowledged,
        "ack",
        "open",
    ),
    # Alerta calls it a fault of its own.
    "an unknown severity is a fault of the sender": (_unknown_severity, 400, 500),
}
"""Where Opale does otherwise on purpose: how it shows, here and there."""


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_as_it_is_named(server: Server, real: Server, name: str) -> None:
    _integration, ours = opale(server)
    theirs = Api(real)
    theirs.call("DELETE", "/_bulk/alerts")
    shows, here, there = DIFFERENCES[name]
    assert (shows(ours), shows(theirs)) == (here, there)
