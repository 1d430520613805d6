"""The jobs of events: one line each."""

from django.conf import settings
from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.kernel.jobs import PATIENT
from opale.run.events.actions import (
    alert_counts,
    alerts,
    apply_rules,
    apply_silences,
    expiry,
    flap_recovery,
    heartbeats,
    noise,
    qualification,
    retention,
    rule_trials,
    search,
    shelving,
    silence_reminders,
    silences,
)
from opale.run.events.actions.apply_silences import UPDATE_SILENCES_JOB
from opale.run.events.actions.silences import MUTE_JOB

RULES = system("qualification")
KEEPER = system("event-housekeeping")
HEARTBEATS = system("heartbeats")
SHELF = system("alert-shelf")
STEADIER = system("flapping")
SILENCES = system("silences")
EVENT_RULES = system("rules")


@app.task(name=qualification.TIMER_JOB, retry=PATIENT)
def qualify_due_alerts() -> None:
    qualification.qualify_due_alerts(by=RULES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_due_alerts")
@app.task(name="events.sweep_due_alerts", queueing_lock="events.sweep_due_alerts")
def sweep_due_alerts(timestamp: int) -> None:
    qualification.qualify_due_alerts(by=RULES, at=now())


@app.task(name=apply_rules.RELEASE_JOB, retry=PATIENT)
def release_held() -> None:
    apply_rules.release_held(by=EVENT_RULES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_rules")
@app.task(name="events.sweep_rules", queueing_lock="events.sweep_rules")
def sweep_rules(timestamp: int) -> None:
    apply_rules.sweep_rules(by=EVENT_RULES, at=now())


@app.task(name=apply_rules.RECHECK_JOB, retry=PATIENT, lock=apply_rules.RECHECK_JOB)
def look_at_suppressed() -> None:
    apply_rules.recheck_suppressed(by=EVENT_RULES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.add_up_standing")
@app.task(name="events.add_up_standing", queueing_lock="events.add_up_standing")
def add_up_standing(timestamp: int) -> None:
    alert_counts.compact_alert_counts()


@app.periodic(cron="* * * * *", periodic_id="events.read_words")
@app.task(name="events.read_words", queueing_lock="events.read_words")
def read_words(timestamp: int) -> None:
    search.update_search_index()


@app.task(name=rule_trials.JOB)
def try_rule(trial_id: int) -> None:
    rule_trials.finish_trial(trial_id, by=EVENT_RULES, at=now())


@app.task(name=UPDATE_SILENCES_JOB, retry=PATIENT)
def turn_silences() -> None:
    silences.update_silence_states(by=SILENCES, at=now())


@app.task(name=MUTE_JOB, retry=PATIENT)
def mute_living() -> None:
    apply_silences.mute_live_alerts(by=SILENCES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_silences")
@app.task(name="events.sweep_silences", queueing_lock="events.sweep_silences")
def sweep_silences(timestamp: int) -> None:
    silences.update_silence_states(by=SILENCES, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.remind_authors")
@app.task(name="events.remind_authors", queueing_lock="events.remind_authors")
def remind_authors(timestamp: int) -> None:
    silence_reminders.remind_authors(by=SILENCES, at=now())


@app.task(name=shelving.TIMER_JOB, retry=PATIENT)
def unshelve_due_alerts() -> None:
    shelving.unshelve_due_alerts(by=SHELF, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_shelf")
@app.task(name="events.sweep_shelf", queueing_lock="events.sweep_shelf")
def sweep_shelf(timestamp: int) -> None:
    shelving.unshelve_due_alerts(by=SHELF, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.settle_flapping_alerts")
@app.task(name="events.settle_flapping_alerts", queueing_lock="events.settle_flapping_alerts")
def settle_flapping_alerts(timestamp: int) -> None:
    flap_recovery.clear_flapping_alerts(by=STEADIER, at=now())


@app.task(name=heartbeats.TIMER_JOB, retry=PATIENT)
def miss_due_heartbeats() -> None:
    heartbeats.raise_missed_heartbeats(by=HEARTBEATS, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.sweep_heartbeats")
@app.task(name="events.sweep_heartbeats", queueing_lock="events.sweep_heartbeats")
def sweep_heartbeats(timestamp: int) -> None:
    heartbeats.raise_missed_heartbeats(by=HEARTBEATS, at=now())


@app.periodic(cron="* * * * *", periodic_id="events.clear_outlasted")
@app.task(name="events.clear_outlasted", queueing_lock="events.clear_outlasted")
def clear_outlasted(timestamp: int) -> None:
    expiry.clear_expired_alerts(at=now())


@app.periodic(cron="*/5 * * * *", periodic_id="events.close_quiet_alerts")
@app.task(name="events.close_quiet_alerts", queueing_lock="events.close_quiet_alerts")
def close_quiet_alerts(timestamp: int) -> None:
    alerts.close_quiet_alerts(by=KEEPER, at=now(), quiet_for=settings.ALERT_QUIET_FOR)


@app.periodic(cron="23 * * * *", periodic_id="events.open_days_ahead")
@app.task(name="events.open_days_ahead", queueing_lock="events.open_days_ahead", retry=PATIENT)
def open_days_ahead(timestamp: int) -> None:
    retention.create_partitions_ahead()


@app.task(name=noise.JOB, queueing_lock=noise.JOB)
def count_noise() -> None:
    noise.create_noise_report(at=now())


@app.periodic(cron="11 4 * * *", periodic_id="events.count_noise_nightly")
@app.task(name="events.count_noise_nightly", queueing_lock="events.count_noise_nightly")
def count_noise_nightly(timestamp: int) -> None:
    noise.create_noise_report(at=now())


@app.periodic(cron="41 3 * * *", periodic_id="events.forget_old")
@app.task(name="events.forget_old", queueing_lock="events.forget_old", retry=PATIENT)
def forget_old(timestamp: int) -> None:
    retention.delete_expired()
