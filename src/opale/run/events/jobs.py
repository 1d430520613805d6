"""The jobs of events: one line each."""

from django.conf import settings
from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.kernel.jobs import PATIENT
from opale.run.events import actions
from opale.run.events.actions import (
    heartbeats,
    noise,
    qualifying,
    ruling,
    shelving,
    standing,
    trials,
    words,
)
from opale.run.events.actions.muting import TURN_JOB
from opale.run.events.actions.silences import MUTE_JOB

RULES = system("qualification")
KEEPER = system("event-housekeeping")
HEARTBEATS = system("heartbeats")
SHELF = system("alert-shelf")
STEADIER = system("flapping")
SILENCES = system("silences")
EVENT_RULES = system("rules")


@app.task(name=qualifying.TIMER_JOB, retry=PATIENT)
def qualify_due_alerts() -> None:
    actions.qualify_due_alerts(by=RULES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_due_alerts")
@app.task(name="events.sweep_due_alerts", queueing_lock="events.sweep_due_alerts")
def sweep_due_alerts(timestamp: int) -> None:
    actions.qualify_due_alerts(by=RULES, at=now())


@app.task(name=ruling.HELD_JOB, retry=PATIENT)
def release_held() -> None:
    actions.release_held(by=EVENT_RULES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_rules")
@app.task(name="events.sweep_rules", queueing_lock="events.sweep_rules")
def sweep_rules(timestamp: int) -> None:
    actions.sweep_rules(by=EVENT_RULES, at=now())


@app.task(name=ruling.LOOK_JOB, retry=PATIENT, lock=ruling.LOOK_JOB)
def look_at_suppressed() -> None:
    actions.look_at_suppressed(by=EVENT_RULES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.add_up_standing")
@app.task(name="events.add_up_standing", queueing_lock="events.add_up_standing")
def add_up_standing(timestamp: int) -> None:
    standing.add_up()


@app.periodic(cron="* * * * *", periodic_id="events.read_words")
@app.task(name="events.read_words", queueing_lock="events.read_words")
def read_words(timestamp: int) -> None:
    words.read_words()


@app.task(name=trials.JOB)
def try_rule(trial_id: int) -> None:
    trials.finish_trial(trial_id, by=EVENT_RULES, at=now())


@app.task(name=TURN_JOB, retry=PATIENT)
def turn_silences() -> None:
    actions.turn_silences(by=SILENCES, at=now())


@app.task(name=MUTE_JOB, retry=PATIENT)
def mute_living() -> None:
    actions.mute_living(by=SILENCES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_silences")
@app.task(name="events.sweep_silences", queueing_lock="events.sweep_silences")
def sweep_silences(timestamp: int) -> None:
    actions.turn_silences(by=SILENCES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.remind_authors")
@app.task(name="events.remind_authors", queueing_lock="events.remind_authors")
def remind_authors(timestamp: int) -> None:
    actions.remind_authors(by=SILENCES, at=now())


@app.task(name=shelving.TIMER_JOB, retry=PATIENT)
def unshelve_due_alerts() -> None:
    actions.unshelve_due_alerts(by=SHELF, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_shelf")
@app.task(name="events.sweep_shelf", queueing_lock="events.sweep_shelf")
def sweep_shelf(timestamp: int) -> None:
    actions.unshelve_due_alerts(by=SHELF, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.settle_flapping_alerts")
@app.task(name="events.settle_flapping_alerts", queueing_lock="events.settle_flapping_alerts")
def settle_flapping_alerts(timestamp: int) -> None:
    actions.settle_flapping_alerts(by=STEADIER, at=now())


@app.task(name=heartbeats.TIMER_JOB, retry=PATIENT)
def miss_due_heartbeats() -> None:
    actions.miss_due_heartbeats(by=HEARTBEATS, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_heartbeats")
@app.task(name="events.sweep_heartbeats", queueing_lock="events.sweep_heartbeats")
def sweep_heartbeats(timestamp: int) -> None:
    actions.miss_due_heartbeats(by=HEARTBEATS, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.clear_outlasted")
@app.task(name="events.clear_outlasted", queueing_lock="events.clear_outlasted")
def clear_outlasted(timestamp: int) -> None:
    actions.clear_outlasted(at=now())


@app.periodic(cron="*/5 * * * *", periodic_id="events.close_quiet_alerts")
@app.task(name="events.close_quiet_alerts", queueing_lock="events.close_quiet_alerts")
def close_quiet_alerts(timestamp: int) -> None:
    actions.close_quiet_alerts(by=KEEPER, at=now(), quiet_for=settings.ALERT_QUIET_FOR)


@app.periodic(cron="23 * * * *", periodic_id="events.open_days_ahead")
@app.task(name="events.open_days_ahead", queueing_lock="events.open_days_ahead")
def open_days_ahead(timestamp: int) -> None:
    actions.open_days_ahead()


@app.task(name=noise.JOB, queueing_lock=noise.JOB)
def count_noise() -> None:
    actions.count_noise(at=now())


@app.periodic(cron="11 4 * * *", periodic_id="events.count_noise_nightly")
@app.task(name="events.count_noise_nightly", queueing_lock="events.count_noise_nightly")
def count_noise_nightly(timestamp: int) -> None:
    actions.count_noise(at=now())


@app.periodic(cron="41 3 * * *", periodic_id="events.forget_old")
@app.task(name="events.forget_old", queueing_lock="events.forget_old")
def forget_old(timestamp: int) -> None:
    actions.forget_old()
