"""Silences: what they mute, when they end, and what is told then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.personas import make_personas

from opale.kernel.actor import EVERYTHING, Actor, Scope
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.models import Fact, StateMove
from opale.messaging.models import OutgoingMail
from opale.run.events.actions import (
    alerts,
    apply_silences,
    integrations,
    qualification,
    retention,
    silence_reminders,
)
from opale.run.events.actions import silences as silence_actions
from opale.run.events.actions.apply_rules import ACTIVE_RULES_CACHE
from opale.run.events.actions.apply_silences import ACTIVE_SILENCES
from opale.run.events.actions.silences import MUTE_JOB, SilenceTerms
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Alert, Integration, Silence
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.queries.silences import (
    ending_soon,
    get_silence,
    phase_of,
    preview,
    silence_matcher,
    silences,
)
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import (
    MAKER,
    alert_of,
    at,
    clears,
    fires,
    hand_in,
    make_integration,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    ACTIVE_SILENCES.forget()
    yield
    ACTIVE_SILENCES.forget()


@pytest.fixture
def source() -> tuple[Integration, Sender]:
    retention.create_partition(at(0).date())
    retention.create_partition(now().date())
    return make_integration()


def silence(
    *matchers: Matcher, by: Actor = MAKER, when: datetime | None = None, **changes: Any
) -> Silence:
    moment = when or now()
    terms: dict[str, Any] = {
        "matchers": matchers or (Matcher("host", "web01"),),
        "starts_at": moment,
        "ends_at": moment + HOUR,
        "comment": "Works on the power feed.",
    }
    return silence_actions.create_silence(SilenceTerms(**(terms | changes)), by=by, at=moment)


def over(made: Silence) -> bool:
    """Whether it is over once the timer has looked."""
    silence_actions.update_silence_states(by=MAKER, at=now())
    return phase_of(Silence.objects.get(pk=made.pk), now()) == "past"


def calls() -> list[tuple[str, tuple[int, ...]]]:
    return [
        (fact.body["reason"], tuple(fact.body["alert_ids"]))
        for fact in Fact.objects.filter(name="events.AlertsCall").order_by("id")
        if fact.body["reason"] == "silence_over"
    ]


def test_what_stands_is_muted_when_a_silence_is_made(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0, host="web01"), fires(0, "other", host="web02"))
    made = silence()
    assert alert_of(integration).silence == made
    assert alert_of(integration, "other").silence is None
    assert [alert.identity for alert in alert_queries.unacknowledged_alerts(MAKER)] == ["other"]
    assert get_silence(made.uuid, seen_by=MAKER, at=now()).muted == 1


def test_what_fires_meanwhile_is_muted_in_its_batch(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    made = silence(Matcher("host", "web.*", "=~"))
    hand_in(sender, fires(0, host="web01"), fires(0, "other", host="db01"))
    assert alert_of(integration).silence == made
    assert alert_of(integration, "other").silence is None
    assert StateMove.objects.filter(subject_id=alert_of(integration).pk, move="mute").exists()


def test_a_muted_alert_becomes_no_incident_by_itself_until_the_silence_is_over(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    integrations.add_rule(
        integration,
        name="Fast",
        minimum_severity=Severity.MAJOR,
        open_for=timedelta(),
        by=MAKER,
    )
    made = silence()
    hand_in(sender, fires(0, host="web01"))
    assert qualification.qualify_due_alerts(by=MAKER, at=now()) == []
    silence_actions.end_silence(made, by=MAKER, at=now())
    alert = alert_of(integration)
    assert alert.silence is None
    assert calls() == [("silence_over", (alert.pk,))]
    assert qualification.qualify_due_alerts(by=MAKER, at=now()) == [alert.pk]


def test_who_cleared_or_was_seen_to_meanwhile_calls_nobody(
    source: tuple[Integration, Sender],
) -> None:
    _integration, sender = source
    made = silence()
    hand_in(sender, fires(0, host="web01"), fires(0, "seen", host="web01"))
    alerts.acknowledge_alerts(Alert.objects.filter(identity="seen"), by=MAKER, at=now())
    hand_in(sender, clears(9))
    silence_actions.end_silence(made, by=MAKER, at=now())
    assert not Alert.objects.exclude(silence=None).exists()
    assert calls() == []


def test_a_silence_begins_and_ends_by_its_time(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0, host="web01"))
    begin = now() + HOUR
    made = silence(starts_at=begin, ends_at=begin + HOUR)
    assert alert_of(integration).silence is None
    assert phase_of(made, now()) == "coming"
    for moment, muted in ((begin, True), (begin + HOUR, False)):
        silence_actions.update_silence_states(by=MAKER, at=moment)
        apply_silences.mute_live_alerts(by=MAKER, at=moment)
        assert (alert_of(integration).silence == made) is muted
    assert calls() == [("silence_over", (alert_of(integration).pk,))]
    made.refresh_from_db()
    assert phase_of(made, begin + HOUR) == "past"
    assert made.turns_at is None


def test_the_end_is_done_on_return_where_opale_was_down(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0, host="web01"))
    silence()
    late = now() + timedelta(days=3)
    silence_actions.update_silence_states(by=MAKER, at=late)
    apply_silences.mute_live_alerts(by=MAKER, at=late)
    assert alert_of(integration).silence is None
    assert len(calls()) == 1


def test_another_silence_takes_over_without_a_call(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0, host="web01"))
    first, second = silence(ends_at=now() + 2 * HOUR), silence()
    assert alert_of(integration).silence == first
    silence_actions.end_silence(first, by=MAKER, at=now())
    assert alert_of(integration).silence == second
    assert calls() == []


def test_a_silence_that_ends_on_clear_ends_when_all_it_muted_are_over(
    source: tuple[Integration, Sender],
) -> None:
    _integration, sender = source
    made = silence(ends_on_clear=True)
    assert not over(made), "it muted nothing yet"
    hand_in(sender, fires(0, host="web01"), fires(0, "other", host="web01"))
    hand_in(sender, clears(9))
    assert not over(made)
    hand_in(sender, clears(9, "other"))
    assert over(made)


def test_again_and_again(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0, host="web01"))
    begin = now()
    made = silence(ends_at=None, recurrence="FREQ=DAILY", duration=HOUR, zone="Europe/Paris")
    for hours, muted in ((0, True), (1, False), (24, True), (25, False)):
        moment = begin + timedelta(hours=hours)
        silence_actions.update_silence_states(by=MAKER, at=moment)
        apply_silences.mute_live_alerts(by=MAKER, at=moment)
        assert (alert_of(integration).silence == made) is muted, hours
    assert len(calls()) == 2


def test_of_one_that_comes_again_the_time_that_runs_is_prolonged() -> None:
    begin = now().replace(microsecond=0)
    made = silence(when=begin, ends_at=None, recurrence="FREQ=DAILY", duration=HOUR)
    silence_actions.extend_silence(made, for_=HOUR, by=MAKER, at=begin)
    made.refresh_from_db()
    assert made.window_ends_at == begin + 2 * HOUR
    silence_actions.update_silence_states(by=MAKER, at=begin + 2 * HOUR)
    made.refresh_from_db()
    assert made.window_starts_at == begin + timedelta(days=1)
    with pytest.raises(Conflict):
        silence_actions.extend_silence(made, for_=HOUR, by=MAKER, at=begin + 3 * HOUR)


def test_what_is_opened_again_is_not_muted_by_what_is_over(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    made = silence()
    hand_in(sender, fires(0, host="web01"))
    alerts.close_alerts(Alert.objects.all(), by=MAKER, at=now())
    silence_actions.end_silence(made, by=MAKER, at=now())
    alerts.reopen_alert(alert_of(integration), to=AlertState.OPEN, by=MAKER, at=now())
    assert alert_of(integration).silence == made
    jobs = ProcrastinateJob.objects.filter(task_name=MUTE_JOB)
    before = jobs.count()
    silence_actions.update_silence_states(by=MAKER, at=now())
    assert jobs.count() > before
    apply_silences.mute_live_alerts(by=MAKER, at=now())
    assert alert_of(integration).silence is None


def test_an_early_end_can_be_taken_back(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0, host="web01"))
    made = silence()
    silence_actions.end_silence(made, by=MAKER, at=now())
    silence_actions.resume_silence(made, by=MAKER, at=now())
    assert alert_of(integration).silence == made
    with pytest.raises(Conflict):
        silence_actions.resume_silence(made, by=MAKER, at=now())


def test_a_silence_is_prolonged_as_long_as_it_is_not_over() -> None:
    made = silence()
    ends_at = made.ends_at
    silence_actions.extend_silence(made, for_=HOUR, by=MAKER, at=now())
    made.refresh_from_db()
    assert ends_at
    assert made.ends_at == made.window_ends_at == ends_at + HOUR
    silence_actions.end_silence(made, by=MAKER, at=now())
    with pytest.raises(Conflict):
        silence_actions.extend_silence(made, for_=HOUR, by=MAKER, at=now())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"matchers": ()}, "matchers"),
        ({"matchers": (Matcher("host", ".*", "=~"),)}, "matchers"),
        ({"matchers": (Matcher("host", "(", "=~"),)}, "matchers"),
        ({"matchers": (Matcher("", "x"),)}, "matchers"),
        ({"matchers": (Matcher("a", "b"),) * 51}, "matchers"),
        ({"ends_at": None}, "ends_at"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"recurrence": "FREQ=DAILY"}, "duration"),
        ({"recurrence": "FREQ=HOURLY", "duration": HOUR}, "recurrence"),
    ],
)
def test_what_cannot_be_kept_is_refused(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        silence(**({"matchers": (Matcher("host", "web01"),)} | wrong))
    assert field in refused.value.fields


def test_a_silence_ends_after_it_starts_and_not_in_the_past() -> None:
    with pytest.raises(Invalid):
        silence(starts_at=now() + 2 * HOUR)
    with pytest.raises(Invalid):
        silence(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)


def test_whoever_does_not_work_on_every_customers_alerts_mutes_none() -> None:
    reader = Actor("person", "user:1", "Reader", {"events.read": EVERYTHING})
    some = Actor("person", "user:2", "Some", {"events.work": Scope(customers=frozenset({1}))})
    for actor in (reader, some):
        with pytest.raises(NotAllowed):
            silence(by=actor)


def test_a_preview_tells_what_stands_and_what_the_week_brought(
    source: tuple[Integration, Sender],
) -> None:
    _integration, sender = source
    moment = now()
    hand_in(sender, fires(0, host="web01"), received_at=moment)
    hand_in(sender, fires(0, "over", host="web01"), received_at=moment)
    hand_in(sender, clears(9, "over"), received_at=moment)
    wanted = silence_matcher(Silence(matchers=[Matcher("host", "web01").row()]), ends_at=moment)
    seen = preview(wanted, seen_by=MAKER, at=moment)
    assert (seen.now_count, seen.week_count) == (1, 2)
    assert [alert.identity for alert in seen.now] == ["link"]
    assert preview(wanted, seen_by=MAKER, at=moment + timedelta(days=8)).week_count == 0


def test_silences_are_listed_by_where_they_stand() -> None:
    active, coming = silence(), silence(starts_at=now() + HOUR, ends_at=now() + 2 * HOUR)
    past = silence()
    silence_actions.end_silence(past, by=MAKER, at=now())
    found = {
        phase: list(silences(seen_by=MAKER, phase=phase, at=now()))
        for phase in ("active", "coming", "past")
    }
    assert found == {"active": [active], "coming": [coming], "past": [past]}


def forget() -> None:
    """What is remembered for seconds may have to be read again at any moment: now, then."""
    for remembered in (NAME_CACHE, ACTIVE_RULES_CACHE, ACTIVE_SILENCES):
        remembered.forget()


def test_a_batch_asks_no_more_when_it_is_larger(
    source: tuple[Integration, Sender], django_assert_num_queries: Any
) -> None:
    _integration, sender = source
    silence()
    hand_in(sender, fires(0, "warm", host="web01"))
    forget()
    with CaptureQueriesContext(connection) as small:
        hand_in(sender, fires(0, "one", host="web01"))
    forget()
    with django_assert_num_queries(len(small)):
        hand_in(sender, *(fires(0, f"one-{n}", host="web01") for n in range(200)))
    assert Alert.objects.exclude(silence=None).count() == 202


def test_the_author_is_reminded_once_before_a_long_silence_ends() -> None:
    agent = make_personas().actor("desk_agent")
    begin = now()
    made = silence(by=agent, ends_at=begin + 3 * HOUR)
    silence(by=agent, ends_at=begin + 2 * HOUR)
    soon = begin + timedelta(hours=2, minutes=31)
    assert silence_reminders.remind_authors(by=MAKER, at=begin + timedelta(minutes=95)) == []
    assert silence_reminders.remind_authors(by=MAKER, at=soon) == [made.pk]
    assert silence_reminders.remind_authors(by=MAKER, at=soon) == []
    mail = OutgoingMail.objects.get()
    assert "Works on the power feed." in mail.subject
    assert f"/alerts/silences/{made.pk}/" in mail.body
    assert list(ending_soon(seen_by=agent, at=soon)) == [made]
    silence_actions.extend_silence(made, for_=HOUR, by=agent, at=soon)
    assert not ending_soon(seen_by=agent, at=soon)
