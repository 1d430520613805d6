"""What stands, gathered by service or customer."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed
from tests.personas import Personas, make_personas
from tests.profiles import examples

from opale.customers.models import Customer, Service
from opale.customers.tests.builders import make_customer, make_service
from opale.infrastructure.models import ConfigurationItem, ServiceItem
from opale.kernel.actor import Actor, Scope
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.events.actions import alert_counts, alerts, retention, shelving
from opale.run.events.models import Alert, StandingCount
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.alert_groups import (
    SELECT_GROUP_STARTS,
    GroupBy,
    alert_groups,
    group_starts,
)
from opale.run.events.queries.alerts import AlertFilters
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.states import Severity
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db
STANDING = AlertFilters(states=alert_queries.ACTIVE_STATES, muted=False)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def house() -> Personas:
    retention.create_partition(at(0).date())
    NAME_CACHE.forget()
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


@pytest.fixture
def services(house: Personas) -> tuple[Service, Service]:
    with attributed(MAKER):
        acme, other = make_customer("STORM"), make_customer("WIND")
        return (
            make_service(acme, reference="SVC-1", name="ACME VPN"),
            make_service(other, reference="SVC-2", name="Other voice"),
        )


@pytest.fixture
def storm(services: tuple[Service, Service]) -> None:
    """Three small troubles of the first service, one bad one of the second, one of nobody's."""
    _integration, sender = make_integration()
    few = [fires(n, f"a{n}", Severity.WARNING, f"Slow {n}", service="SVC-1") for n in range(3)]
    bad = fires(9, "b", Severity.CRITICAL, "Voice is down", service="SVC-2")
    hand_in(sender, *few, bad, fires(5, "c", Severity.MINOR, "Somewhere"))


@pytest.mark.usefixtures("storm")
def test_the_worst_group_comes_first_with_what_it_holds(
    services: tuple[Service, Service],
) -> None:
    few, bad = services
    found: Any = alert_groups("service", STANDING, seen_by=MAKER)
    rows = found.order_by("-worst", "-number")
    told = [(row["key"], row["number"], row["critical"], row["warning"]) for row in rows]
    assert told == [(bad.pk, 1, 1, 0), (0, 1, 0, 0), (few.pk, 3, 0, 3)]
    since = group_starts("service", [few.pk, 0, bad.pk], STANDING, seen_by=MAKER)
    assert since == {few.pk: at(0), 0: at(5), bad.pk: at(9)}


def test_the_board_is_gathered_by_item_and_opens_in_place(agent: Client) -> None:
    with attributed(MAKER):
        items = [ConfigurationItem.objects.create(name=f"rt-{n}", kind="router") for n in (1, 2)]
    _integration, sender = make_integration()
    storm = [
        fires(n, f"i{n}", Severity.MAJOR, f"Port {n}", host=f"rt-{n % 2 + 1}") for n in range(6)
    ]
    hand_in(sender, *storm, fires(7, "x", Severity.MINOR, "Somewhere"))
    page = agent.get("/alerts/?by=item")
    groups = [(group.name, group.number) for group in page.context["groups"]]
    assert sorted(groups) == [("No item", "1"), ("rt-1", "3"), ("rt-2", "3")]
    assert "Port 2" not in page.content.decode()
    inside = agent.get(f"/alerts/?item={items[0].pk}&inside=1", headers=HTMX).content.decode()
    assert ("Port 0" in inside, "Port 1" in inside) == (True, False)


def test_alerts_of_a_shared_item_say_how_many_customers_they_hit(
    agent: Client, services: tuple[Service, Service]
) -> None:
    with attributed(MAKER):
        core = ConfigurationItem.objects.create(name="rt-1", kind="router")
        for one in services:
            ServiceItem.objects.create(service=one, item=core, customer_id=one.customer_id)
    _integration, sender = make_integration()
    hand_in(sender, fires(0, "a", Severity.MAJOR, "Core is slow", host="rt-1"))
    for lens in ("service", "customer"):
        (group,) = agent.get(f"/alerts/?by={lens}").context["groups"]
        assert (group.key, group.whose) == (0, "2 customers"), lens
    page = agent.get(f"/alerts/{Alert.objects.get().pk}/").content.decode()
    assert "2 customers" in page
    assert all(one.customer.name in page for one in services)


@pytest.mark.usefixtures("storm")
def test_the_board_is_gathered_by_service_and_by_customer(
    agent: Client, services: tuple[Service, Service]
) -> None:
    page = agent.get("/alerts/?by=service").content.decode()
    names = ["Other voice", "No single service", "ACME VPN"]
    assert [page.index(name) for name in names] == sorted(page.index(name) for name in names)
    assert "Slow 1" not in page
    assert "Warning: 3" in page
    by_customer = agent.get("/alerts/?by=customer").content.decode()
    owner = Customer.objects.get(pk=services[0].customer_id)
    assert owner.name in by_customer
    assert "No customer" in by_customer


@pytest.mark.usefixtures("storm")
def test_a_group_opens_to_its_worst_alerts(
    agent: Client, services: tuple[Service, Service]
) -> None:
    address = f"/alerts/?service={services[0].pk}"
    inside = agent.get(f"{address}&inside=1", headers=HTMX).content.decode()
    assert inside.count('class="o-line"') == 3
    assert "Voice is down" not in inside
    whole = agent.get(address).content.decode()
    assert "Slow 2" in whole
    assert "ACME VPN" in whole  # says to what it is narrowed
    nobody = agent.get("/alerts/?service=0&inside=1", headers=HTMX).content.decode()
    assert "Somewhere" in nobody
    assert nobody.count('class="o-line"') == 1
    assert (
        "No active alerts left here"
        in agent.get("/alerts/?service=999999&inside=1", headers=HTMX).content.decode()
    )


@pytest.mark.usefixtures("storm")
def test_many_groups_are_read_page_by_page(agent: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opale.run.events.web.alert_groups.SHOWN", 2)
    first = agent.get("/alerts/?by=service")
    assert [group.name for group in first.context["groups"]] == ["Other voice", "No single service"]
    after = first.context["page"].after
    second = agent.get(f"/alerts/?by=service&after={after}")
    assert [group.name for group in second.context["groups"]] == ["ACME VPN"]
    back = agent.get(f"/alerts/?by=service&before={second.context['page'].before}")
    assert [group.number for group in back.context["groups"]] == ["1", "1"]


@pytest.mark.usefixtures("storm")
def test_what_is_over_leaves_its_group(services: tuple[Service, Service]) -> None:
    bad = alert_queries.alerts(AlertFilters(service_id=services[1].pk), seen_by=MAKER)
    alerts.close_alerts(bad, by=MAKER, at=now())
    keys = {row["key"] for row in alert_groups("service", STANDING, seen_by=MAKER)}
    assert keys == {0, services[0].pk}


@pytest.mark.usefixtures("storm")
def test_a_stranger_sees_no_group(house: Personas) -> None:
    assert house.client("foreign_contact").get("/alerts/?by=customer").status_code in {403, 404}


@pytest.mark.usefixtures("storm")
def test_the_severities_count_what_the_board_shows(
    agent: Client, services: tuple[Service, Service]
) -> None:
    came_and_went = Alert.objects.filter(identity="b")
    came_and_went.update(state="cleared", cleared_at=at(9), flapping_since=at(9))
    Alert.objects.filter(identity="a1").update(held_until=at(9_000))
    shown = Counter(alert.severity for alert in alert_queries.alerts(STANDING, seen_by=MAKER))
    found = alert_queries.count_by_severity(MAKER)
    assert found == shown
    assert list(found) == [Severity.CRITICAL, Severity.MINOR, Severity.WARNING]
    assert "Critical: 1" in agent.get("/alerts/").content.decode()
    one = Scope(customers=frozenset({services[0].customer_id}))
    some = Actor("person", "user:2", "Some", {"events.read": one})
    assert alert_queries.count_by_severity(some) == {Severity.WARNING: 2}


def counted_anew(lens: GroupBy) -> dict[int, dict[str, Any]]:
    """The same by looking at every alert."""
    found: dict[int, dict[str, Any]] = {}
    for alert in alert_queries.alerts(STANDING, seen_by=MAKER):
        key = (alert.service_id if lens == "service" else alert.customer_id) or 0
        row = found.setdefault(key, {"number": 0, "worst": 0, "since": alert.started_at})
        row["number"] += 1
        row["worst"] = max(row["worst"], alert.severity)
        row["since"] = min(row["since"], alert.started_at)
        row[alert.severity_code] = row.get(alert.severity_code, 0) + 1
    return found


def kept_counts(lens: GroupBy) -> dict[int, dict[str, Any]]:
    rows: Any = alert_groups(lens, STANDING, seen_by=MAKER)
    since = group_starts(lens, [row["key"] for row in rows], STANDING, seen_by=MAKER)
    return {
        row.pop("key"): {name: n for name, n in row.items() if n} | {"since": since[key]}
        for row in rows
        if (key := row["key"]) is not None
    }


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["fire", "clear", "acknowledge", "close", "shelve", "mute", "add up"]),
        st.integers(0, 5),
        st.sampled_from([one for one in Severity if one is not Severity.CLEAR]),
        st.sampled_from([{}, {"service": "SVC-1"}, {"service": "SVC-2"}, {"customer": "WIND"}]),
    ),
    max_size=15,
)


@pytest.mark.usefixtures("services")
@settings(
    max_examples=examples(10),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_what_is_kept_is_what_would_be_counted(
    steps: list[tuple[str, int, Severity, dict[str, str]]],
) -> None:
    with transaction.atomic():
        integration, sender = make_integration()
        for number, (step, which, severity, labels) in enumerate(steps):
            identity = f"a{which}"
            of = Alert.objects.filter(integration=integration, identity=identity).exclude(
                state="closed"
            )
            if step == "fire":
                hand_in(sender, changed(fires(number, identity, severity), labels=labels))
            elif step == "clear":
                hand_in(sender, clears(number, identity))
            elif step == "add up":
                alert_counts.compact_alert_counts()
            elif step == "mute":
                of.update(held_until=at(9_000) if number % 2 else None)
            elif of.filter(state="open").exists():
                moves: dict[str, Callable[..., object]] = {
                    "acknowledge": alerts.acknowledge_alerts,
                    "close": alerts.close_alerts,
                    "shelve": partial(shelving.shelve_alerts, until=None),
                }
                moves[step](of, by=MAKER, at=now())
        for lens in ("service", "customer"):
            assert kept_counts(lens) == counted_anew(lens)
        transaction.set_rollback(True)


@pytest.mark.usefixtures("storm")
def test_adding_up_leaves_one_row_of_each_and_none_of_nothing() -> None:
    hand_in(make_integration()[1], *(fires(n, f"d{n}", Severity.MINOR) for n in range(3)))
    before = kept_counts("service")
    alert_counts.compact_alert_counts()
    rows = StandingCount.objects.values_list("customer_id", "service_id", "severity")
    assert kept_counts("service") == before
    assert len(rows) == len(set(rows)) == 3
    alerts.close_alerts(Alert.objects.all(), by=MAKER, at=now())
    alert_counts.compact_alert_counts()
    assert not StandingCount.objects.exists()


def test_the_beginning_of_a_group_is_the_first_of_an_index_under_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        # Of a few alerts any index would do as well, sorted afterwards.
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {SELECT_GROUP_STARTS}", [[1], [1], [1], [int(Severity.MAJOR)]])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "alert_standing" in plan
    assert "started_at" not in plan  # nothing is sorted by it


def test_the_rail_counts_what_nobody_has_seen_without_a_look_at_the_alerts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    counted = alert_queries.unacknowledged_alerts(MAKER).order_by().values("pk")
    assert "Index Only Scan using alert_standing" in counted.explain()


@pytest.mark.usefixtures("storm")
def test_a_severity_and_a_service_narrow_the_groups(services: tuple[Service, Service]) -> None:
    few, bad = services
    worse = replace(STANDING, minimum_severity=Severity.MINOR)
    assert {row["key"] for row in alert_groups("service", worse, seen_by=MAKER)} == {bad.pk, 0}
    of_few = replace(STANDING, service_id=few.pk)
    assert [row["key"] for row in alert_groups("customer", of_few, seen_by=MAKER)] == [
        few.customer_id
    ]
    searched = replace(STANDING, text="voice")
    assert [row["key"] for row in alert_groups("service", searched, seen_by=MAKER)] == [bad.pk]
