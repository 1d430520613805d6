"""Opale as Alertmanager: asked by the real amtool and Prometheus, and beside the real server."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests import alertmanagers
from tests.alertmanagers import amtool
from tests.serving import Server, eventually, serving

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.run.events.actions import expiry, integrations, silences
from opale.run.events.actions.silences import SilenceTerms
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Alert, Event, Integration, Silence
from opale.run.events.states import AlertState, Severity

pytestmark = pytest.mark.xdist_group("alertmanager-server")
MAKER = system("test-alertmanager")


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture
def source(server: Server) -> tuple[Integration, str]:
    """An integration, and the address that its tools are configured with."""
    name = f"prometheus {time.monotonic_ns()}"
    integration, key = integrations.create_integration(
        name=name, format="alertmanager_api", by=MAKER
    )
    return integration, f"http://127.0.0.1:{server.port}/ingest/alertmanager_api/{key}"


def ask(address: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The status, and what the answer says."""
    content = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/api/v2{path}", content, headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            status, said = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, said = error.code, error.read()
    return status, json.loads(said) if said.strip() else None


def of_labels(**labels: str) -> dict[str, Any]:
    return {"labels": labels, "annotations": {"summary": "It hurts"}}


def silence_of(*matchers: dict[str, Any], seconds: float = 3600, **more: Any) -> dict[str, Any]:
    moment = datetime.now(UTC)
    return {
        "matchers": list(matchers),
        "startsAt": moment.isoformat(),
        "endsAt": (moment + timedelta(seconds=seconds)).isoformat(),
        "createdBy": "ana",
        "comment": "works",
        **more,
    }


def matcher(name: str, value: str, *, regex: bool = False, equal: bool = True) -> dict[str, Any]:
    return {"name": name, "value": value, "isRegex": regex, "isEqual": equal}


def test_what_is_posted_is_an_alert_and_is_told_again(source: tuple[Integration, str]) -> None:
    integration, address = source
    assert ask(address, "POST", "/alerts", [of_labels(alertname="Down", host="a")]) == (200, None)
    alert = Alert.objects.get(integration=integration)
    assert (alert.title, alert.lasts_until is not None) == ("It hurts", True)
    status, told = ask(address, "GET", "/alerts")
    assert status == 200
    assert [one["fingerprint"] for one in told] == [alert.identity]
    assert told[0]["annotations"] == {"summary": "It hurts"}
    assert told[0]["status"]["state"] == "active"
    groups = ask(address, "GET", "/alerts/groups")[1]
    assert [(group["labels"], len(group["alerts"])) for group in groups] == [
        ({"alertname": "Down"}, 1)
    ]


def test_what_outlasts_its_word_is_over_by_itself(source: tuple[Integration, str]) -> None:
    integration, address = source
    ask(address, "POST", "/alerts", [of_labels(alertname="Down")])
    rows = Alert.objects.filter(integration=integration)
    expiry.clear_expired_alerts(at=now() + timedelta(minutes=4))
    assert rows.get().state == AlertState.OPEN
    assert rows.filter(lasts_until__gt=now() + timedelta(minutes=4)).update(lasts_until=now()) == 1
    assert ask(address, "GET", "/alerts")[1] == []
    expiry.clear_expired_alerts(at=now())
    alert = rows.get()
    assert (alert.state, alert.cleared_at) == (AlertState.CLEARED, alert.lasts_until)
    assert not Event.objects.filter(integration_id=integration.pk).latest("id").firing
    ask(address, "POST", "/alerts", [of_labels(alertname="Down")])
    assert ask(address, "GET", "/alerts")[1] != []


@alertmanagers.NEEDS_PROMETHEUS
def test_prometheus_fires_into_opale(
    source: tuple[Integration, str], server: Server, tmp_path: Path
) -> None:
    integration, address = source
    prefix = address.partition(str(server.port))[2]
    with alertmanagers.prometheus(tmp_path, server.port, prefix):
        rows = Alert.objects.filter(integration=integration)
        assert eventually(lambda: rows.filter(count__gte=2).exists(), 60), (
            tmp_path / "prometheus.log"
        ).read_text()
    alert = rows.get()
    assert (alert.state, alert.severity) == (AlertState.OPEN, Severity.CRITICAL)
    assert (alert.title, alert.labels["host"]) == ("It always fires", "rt-core-1")


@alertmanagers.NEEDS_ALERTMANAGER
def test_amtool_asks_adds_and_silences(source: tuple[Integration, str]) -> None:
    integration, address = source
    code, _said, wrong = amtool(address, "alert", "add", "Down", "host=a", "--annotation=summary=x")
    assert code == 0, wrong
    amtool(address, "alert", "add", "Down", "host=b")
    assert Alert.objects.filter(integration=integration).count() == 2
    code, said, wrong = amtool(address, "alert", "query", "host=~a|c")
    assert code == 0, wrong
    assert "Down" in said
    assert "active" in said
    assert len(said.strip().splitlines()) == 2
    code, said, wrong = amtool(
        address, "silence", "add", "alertname=Down", "host=a", "--comment=works", "--author=ana"
    )
    assert code == 0, wrong
    silence = Silence.objects.get(uuid=said.strip())
    assert (silence.comment, silence.author_name) == ("works", "ana")
    assert [one.labels["host"] for one in silence.alerts.all()] == ["a"]
    assert "host=a" not in amtool(address, "-o", "extended", "alert", "query")[1].replace('"', "")
    assert "suppressed" in amtool(address, "alert", "query", "--silenced")[1]
    code, said, wrong = amtool(address, "silence", "query")
    assert code == 0, wrong
    assert silence.uuid.hex[:8] in said
    code, said, wrong = amtool(address, "silence", "update", "--duration=3h", str(silence.uuid))
    assert code == 0, wrong
    assert str(silence.uuid) in said
    code, _said, wrong = amtool(address, "silence", "expire", str(silence.uuid))
    assert code == 0, wrong
    assert "active" in amtool(address, "alert", "query", "host=a")[1]
    assert amtool(address, "silence", "query", "-q")[1].strip() == ""
    assert amtool(address, "silence", "add", "host=~.*", "--comment=all")[0] != 0
    assert amtool(address, "silence", "expire", "12345678-1234-1234-1234-123456789012")[0] != 0
    for words in (("config", "show"), ("config", "routes"), ("cluster", "show")):
        code, _said, wrong = amtool(address, *words)
        assert code == 0, (words, wrong)


def test_a_tool_sees_peoples_silences_and_ends_its_own_alone(
    source: tuple[Integration, str],
) -> None:
    _integration, address = source
    moment = now()
    terms = SilenceTerms(
        matchers=(Matcher("host", "a"),),
        starts_at=moment,
        ends_at=moment + timedelta(hours=1),
        comment="Feed B is off.",
    )
    peoples = silences.create_silence(terms, by=MAKER, at=moment)
    ask(address, "POST", "/alerts", [of_labels(alertname="Down", host="a")])
    assert ask(address, "GET", "/alerts")[1][0]["status"]["silencedBy"] == [str(peoples.uuid)]
    assert ask(address, "GET", f"/silence/{peoples.uuid}")[1]["comment"] == "Feed B is off."
    assert ask(address, "DELETE", f"/silence/{peoples.uuid}")[0] == 403
    silences.end_silence(peoples, by=MAKER, at=now())


POSTED = (
    of_labels(alertname="A", host="é", job="node", empty=""),
    of_labels(alertname="B", host="web01", severity="page"),
    of_labels(alertname="C", host="web02", instance="10.0.0.1:9100", path='a\\b"c\n'),
    of_labels(alertname="D"),
)
MUTING = (
    (matcher("host", "web.*", regex=True),),
    (matcher("alertname", "A"), matcher("job", "n(o|x)de", regex=True)),
    (matcher("alertname", ".+", regex=True), matcher("host", "", equal=True)),
    (matcher("alertname", "A|B", regex=True, equal=False), matcher("alertname", "D")),
    (matcher("severity", "page"),),
    (matcher("severity", "page|critical", regex=True), matcher("host", "web01", equal=False)),
)
ASKED: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/alerts?filter=x", None),
    ("GET", "/alerts?receiver=other", None),
    ("GET", "/silence/nope", None),
    ("GET", "/silence/12345678-1234-1234-1234-123456789012", None),
    ("DELETE", "/silence/nope", None),
    ("DELETE", "/silence/12345678-1234-1234-1234-123456789012", None),
    ("GET", "/nope", None),
    ("POST", "/alerts", [{}]),
    ("POST", "/alerts", [{"labels": {}}]),
    ("POST", "/alerts", []),
    ("POST", "/alerts", [of_labels(a="b") | {"startsAt": "nonsense"}]),
    ("POST", "/silences", silence_of()),
    ("POST", "/silences", {**silence_of(matcher("a", "b")), "comment": None}),
    ("POST", "/silences", silence_of(matcher("a", ""))),
    ("POST", "/silences", silence_of(matcher("a", "(", regex=True))),
    ("POST", "/silences", silence_of(matcher("", "x"))),
    ("POST", "/silences", silence_of(matcher("a", "b"), seconds=-9000)),
    ("POST", "/silences", silence_of(matcher("a", "b"), id="nope")),
    ("POST", "/silences", {"matchers": [{"name": "a", "isRegex": True}]}),
)
FILTERS = (
    "",
    "?filter=host%3D~%22web.*%22",
    "?filter=host%3D%22%22",
    "?filter=host!%3D%22%22",
    "?filter=alertname!~%22A|B%22",
    "?silenced=false",
    "?active=false",
)


@alertmanagers.NEEDS_ALERTMANAGER
def test_opale_answers_as_the_real_server(source: tuple[Integration, str], tmp_path: Path) -> None:
    _integration, ours = source
    with alertmanagers.alertmanager(tmp_path, "webhook_configs: []") as theirs:
        both = (ours, theirs)
        for address in both:
            assert ask(address, "POST", "/alerts", POSTED)[0] == 200
        for method, path, body in ASKED:
            told = [ask(address, method, path, body)[0] for address in both]
            assert told[0] == told[1], (method, path, body, told)
        assert states(ours, "") == states(theirs, "")
        for matchers in MUTING:
            for address in both:
                made = ask(address, "POST", "/silences", silence_of(*matchers))
                assert made[0] == 200, made
            for query in FILTERS:
                assert states(ours, query) == states(theirs, query), (matchers, query)
            for address in both:
                listed = ask(address, "GET", "/silences")[1]
                active = [one for one in listed if one["status"]["state"] == "active"]
                assert len(active) == 1
                assert active[0]["matchers"] == list(matchers)
                assert ask(address, "DELETE", f"/silence/{active[0]['id']}")[0] == 200


def states(address: str, query: str) -> dict[str, str]:
    """Every alert that is told, by its fingerprint, and whether it is muted."""
    told = ask(address, "GET", f"/alerts{query}")[1]
    return {one["fingerprint"]: one["status"]["state"] for one in told}
