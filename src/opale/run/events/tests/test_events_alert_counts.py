"""How many alerts stand, counted by several transactions beside each other."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any, Final

import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import LockNotAvailable

from opale.customers.tests.builders import make_customer, make_service
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import NotFound
from opale.kernel.tests.concurrency import at_once
from opale.run.events.actions import alert_counts, alerts, retention
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome
from opale.run.events.models import Alert, StandingCount
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.states import Severity
from opale.run.events.tests.builders import MAKER, at, clears, fires, make_integration

pytestmark = pytest.mark.django_db(transaction=True)

SESSIONS: Final = 3
TURNS: Final = 15
RAISE: Final = """
    INSERT INTO events_alert (integration_id, identity, state, severity, title, text, labels, raw,
        source_url, service_id, customer_id, started_at, first_received_at, last_received_at,
        source_at, count)
    SELECT %s, %s || '-' || n, 'open', %s, 'Link down', '', '{}', '{}', '', s.id, s.customer_id,
        now(), now(), now(), now(), 1
    FROM generate_series(1, %s) AS n JOIN customers_service s ON s.id = %s
"""
CHANGES: Final = {
    "worsen": "severity = 1 + severity %% 5",
    "shelve": "state = 'shelved'",
    "open": "state = 'open', cleared_at = NULL",
    "clear": "state = 'cleared', cleared_at = now()",
    "hold": "held_until = CASE WHEN held_until IS NULL THEN now() END",
    "flap": "flapping_since = CASE WHEN flapping_since IS NULL THEN now() END",
    "forget": "service_id = NULL",
}
KEPT: Final = """
    SELECT customer_id, service_id, severity, sum(number) FROM events_standingcount
    GROUP BY 1, 2, 3 HAVING sum(number) <> 0
"""
COUNTED: Final = """
    SELECT customer_id, service_id, severity, count(*) FROM events_alert
    WHERE (state IN ('open', 'acknowledged') OR flapping_since IS NOT NULL)
      AND silence_id IS NULL AND suppressed_by_id IS NULL AND held_until IS NULL
    GROUP BY 1, 2, 3
"""
WRONG: Final = f"""
    SELECT 'kept alone', * FROM (({KEPT}) EXCEPT ({COUNTED})) AS kept
    UNION ALL SELECT 'counted alone', * FROM (({COUNTED}) EXCEPT ({KEPT})) AS counted
"""  # made of constants
"""In one statement, which sees the database at one moment."""
STEPS: Final = st.lists(
    st.tuples(
        st.integers(0, SESSIONS - 1),
        st.sampled_from(["raise", *CHANGES, "remove", "add up", "commit", "undo"]),
        st.integers(0, 5),
    ),
    max_size=40,
)
Place = tuple[int, Sequence[int]]


@pytest.fixture
def place() -> Place:
    """An integration, and two services of which alerts are."""
    integration, _sender = make_integration()
    with attributed(MAKER):
        owner = make_customer("STORM")
        services = [make_service(owner, reference=f"SVC-{n}", name=f"VPN {n}") for n in range(2)]
    return integration.pk, [one.pk for one in services]


class Session:
    """A transaction on alerts of its own, which count among everybody's.

    Who has to wait for another one is ended, and what it had done is undone: nobody else would go
    on while it waits.
    """

    def __init__(self, name: str, place: Place) -> None:
        self.name, self.place = name, place
        self.numbers = count()
        self.connection = connection.copy()
        self._run("SET lock_timeout = '20ms'")
        self.connection.set_autocommit(False)

    def do(self, step: str, which: int) -> None:
        try:
            self._do(step, which)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            self.connection.rollback()

    def wrong(self) -> list[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(WRONG)
            return list(cursor.fetchall())

    def _do(self, step: str, which: int) -> None:
        mine = f"{self.name}-%"
        if step == "commit":
            self.connection.commit()
        elif step == "undo":
            self.connection.rollback()
        elif step == "add up":
            self._run(alert_counts.COMPACT_COUNTS)
        elif step == "raise":
            integration_id, services = self.place
            identity = f"{self.name}-{next(self.numbers)}"
            severity, service = 1 + which % 5, services[which % 2]
            self._run(RAISE, integration_id, identity, severity, 1 + which, service)
        elif step == "remove":
            self._run("DELETE FROM events_alert WHERE identity LIKE %s", mine)
        else:
            self._run(f"UPDATE events_alert SET {CHANGES[step]} WHERE identity LIKE %s", mine)

    def _run(self, statement: str, *values: int | str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_open_beside_each_sees_what_it_would_count(
    place: Place, steps: list[tuple[int, str, int]]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_alert")
    sessions = [Session(name, place) for name in "abc"]
    try:
        for which, step, number in steps:
            sessions[which].do(step, number)
            for session in sessions:
                assert session.wrong() == []
        for session in sessions:
            session.do("commit", 0)
    finally:
        for session in sessions:
            session.connection.close()
    assert wrong_now() == []
    alert_counts.compact_alert_counts()
    assert wrong_now() == []
    rows = StandingCount.objects.values_list("customer_id", "service_id", "severity")
    assert len(rows) == len(set(rows))


def wrong_now() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        return list(cursor.fetchall())


@pytest.mark.usefixtures("place")
def test_writers_acts_and_adding_up_at_the_same_moment_lose_no_count() -> None:
    retention.create_partition(at(0).date())
    NAME_CACHE.forget()
    integration, sender = make_integration()
    grades = [one for one in Severity if one is not Severity.CLEAR]

    def write(first: int) -> list[WriteOutcome]:
        """Both writers speak of the same alerts: they wait for each other, or try again."""
        writer, outcomes = BatchWriter(), list[WriteOutcome]()
        for turn in range(TURNS):
            events = tuple(
                fires(turn, f"a{n}", grades[(n + turn + first) % 5], service=f"SVC-{n % 2}")
                if (n + turn + first) % 3
                else clears(turn, f"a{n}")
                for n in range(12)
            )
            outcomes += writer.write([ReceivedDelivery(sender, at(3600 + turn), events)])
        return outcomes

    def act() -> int:
        for turn in range(TURNS):
            some = [f"a{n}" for n in range(turn % 4, 12, 4)]
            rows = Alert.objects.filter(integration=integration, identity__in=some, state="open")
            with suppress(NotFound):
                alerts.close_alerts(rows, by=MAKER, at=now())
        return TURNS

    def add_up() -> int:
        for _turn in range(TURNS):
            alert_counts.compact_alert_counts()
        return TURNS

    def look() -> list[Any]:
        return [row for _turn in range(TURNS) for row in wrong_now()]

    results = at_once(partial(write, 0), partial(write, 1), act, add_up, look)
    assert results == [[WriteOutcome()] * TURNS, [WriteOutcome()] * TURNS, TURNS, TURNS, []]
    assert wrong_now() == []
    assert Alert.objects.filter(integration=integration).count() >= 8
    assert StandingCount.objects.exists()
