"""Signs of life: expected, missed, heard again; also when Opale itself was away."""

from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel.errors import Invalid
from opale.run.events.actions import heartbeats
from opale.run.events.models import Alert, Heartbeat, Integration
from opale.run.events.states import AlertState, HeartbeatState, Severity
from opale.run.events.tests.builders import MAKER, at, make_integration

pytestmark = pytest.mark.django_db
HOUR = 3_600.0


@pytest.fixture
def integration() -> Integration:
    return make_integration("heartbeat")[0]


def beat(integration: Integration, seconds: float, name: str = "backup") -> Heartbeat:
    hour, minutes = timedelta(hours=1), timedelta(minutes=5)
    return heartbeats.record_heartbeat(
        integration, name, every=hour, grace=minutes, by=MAKER, at=at(seconds)
    )


def look(seconds: float) -> int:
    return len(heartbeats.raise_missed_heartbeats(by=MAKER, at=at(seconds)))


def look_every_minute(since: float, until: float) -> int:
    return sum(look(since + 60 * minute) for minute in range(int((until - since) // 60) + 1))


def pulse(integration: Integration, seconds: float) -> HeartbeatState:
    return Heartbeat.objects.get(integration=integration).pulse(at(seconds))


def test_nothing_is_expected_before_the_first_beat(integration: Integration) -> None:
    heartbeats.create_heartbeat(
        integration, name="backup", every=timedelta(hours=1), grace=timedelta(), by=MAKER
    )
    assert look_every_minute(0, 3 * HOUR) == 0
    assert pulse(integration, 3 * HOUR) == HeartbeatState.EXPECTED


def test_a_heartbeat_is_well_then_late_then_missing(integration: Integration) -> None:
    beat(integration, 0)
    look_every_minute(0, HOUR + 240)
    assert pulse(integration, HOUR - 1) == HeartbeatState.WELL
    assert pulse(integration, HOUR + 240) == HeartbeatState.LATE
    assert not Alert.objects.exists()
    assert look(HOUR + 300) == 1
    assert pulse(integration, HOUR + 300) == HeartbeatState.MISSING
    alert = Alert.objects.get()
    assert (alert.state, alert.severity, alert.labels["heartbeat"]) == (
        AlertState.OPEN,
        Severity.MAJOR,
        "backup",
    )
    assert "backup" in alert.title


def test_what_is_missing_rises_once(integration: Integration) -> None:
    beat(integration, 0)
    assert look_every_minute(0, 5 * HOUR) == 1
    assert Alert.objects.get().count == 1


def test_a_beat_that_comes_back_clears_its_alert(integration: Integration) -> None:
    beat(integration, 0)
    look_every_minute(0, 2 * HOUR)
    beat(integration, 2 * HOUR)
    alert = Alert.objects.get()
    assert (alert.state, alert.cleared_at) == (AlertState.CLEARED, at(2 * HOUR))
    assert pulse(integration, 2 * HOUR) == HeartbeatState.WELL


def test_what_could_not_be_heard_is_expected_anew(integration: Integration) -> None:
    beat(integration, 0)
    look(60)
    back = 5 * HOUR
    assert look(back) == 0
    assert Heartbeat.objects.get().due_at == at(back + HOUR + 300)
    assert look_every_minute(back + 60, back + HOUR + 300) == 1


def test_what_was_missing_before_stays_missing_over_a_restart(integration: Integration) -> None:
    beat(integration, 0)
    look_every_minute(0, 2 * HOUR)
    look(9 * HOUR)
    assert Alert.objects.get().state == AlertState.OPEN


def test_what_was_not_expected_during_the_absence_keeps_its_time(integration: Integration) -> None:
    beat(integration, 0)
    look(60)
    look(1_200)
    assert Heartbeat.objects.get().due_at == at(HOUR + 300)


def test_a_timer_is_set_for_the_moment_at_which_it_would_be_missing(
    integration: Integration,
) -> None:
    beat(integration, 0)
    due = scheduled("events.miss_due_heartbeats")
    assert at(HOUR + 300) in due


def scheduled(job: str) -> list[datetime]:
    jobs = ProcrastinateJob.objects.filter(task_name=job).values_list("scheduled_at", flat=True)
    return [moment for moment in jobs if moment is not None]


def test_pausing_ends_the_alert_and_nothing_is_expected(integration: Integration) -> None:
    heartbeat = beat(integration, 0)
    look_every_minute(0, 2 * HOUR)
    heartbeats.edit_heartbeat(heartbeat, active=False, by=MAKER, at=at(2 * HOUR))
    assert Alert.objects.get().state == AlertState.CLEARED
    assert look_every_minute(2 * HOUR, 4 * HOUR) == 0
    heartbeats.edit_heartbeat(heartbeat, active=True, by=MAKER, at=at(4 * HOUR))
    assert look(4 * HOUR + 60) == 1


def test_removing_ends_the_alert(integration: Integration) -> None:
    heartbeat = beat(integration, 0)
    look_every_minute(0, 2 * HOUR)
    heartbeats.remove_heartbeat(heartbeat, by=MAKER, at=at(2 * HOUR))
    assert Alert.objects.get().state == AlertState.CLEARED
    assert not Heartbeat.objects.exists()


def test_its_severity_is_that_of_the_alert(integration: Integration) -> None:
    heartbeat = beat(integration, 0)
    heartbeats.edit_heartbeat(heartbeat, severity=Severity.CRITICAL, by=MAKER, at=at(1))
    look_every_minute(0, 2 * HOUR)
    assert Alert.objects.get().severity == Severity.CRITICAL


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"every": timedelta(seconds=9)}, "every"),
        ({"grace": timedelta(seconds=-1)}, "grace"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    integration: Integration, terms: dict[str, object], field: str
) -> None:
    usual = {"name": "backup", "every": timedelta(hours=1), "grace": timedelta()}
    with pytest.raises(Invalid) as raised:
        heartbeats.create_heartbeat(integration, **{**usual, **terms}, by=MAKER)  # type: ignore[arg-type]  # terms of each case
    assert set(raised.value.fields) == {field}


def test_one_integration_makes_no_endless_number_of_them(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opale.run.events.actions.heartbeats.MAX_PER_INTEGRATION", 2)
    beat(integration, 0, "a")
    beat(integration, 0, "b")
    with pytest.raises(Invalid):
        beat(integration, 0, "c")
    beat(integration, 5, "a")
