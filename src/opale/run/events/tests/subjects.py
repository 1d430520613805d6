"""What the parameters of the routes of events name in the house of the personas."""

from dataclasses import replace
from datetime import timedelta

from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.events.actions.alert_pages import page_subject
from opale.run.events.actions.heartbeats import record_heartbeat
from opale.run.events.actions.integrations import add_rule, create_integration
from opale.run.events.actions.retention import create_partitions_ahead
from opale.run.events.actions.rules import (
    RuleTerms,
    create_event_rule,
    edit_event_rule,
    remove_event_rule,
    switch_event_rule,
)
from opale.run.events.actions.search import update_search_index
from opale.run.events.actions.silences import (
    SilenceTerms,
    create_silence,
    edit_silence,
    end_silence,
    terms_of_silence,
)
from opale.run.events.domain.silences import Matcher
from opale.run.events.models import Alert
from opale.run.events.queries.rules import newest_version
from opale.run.events.states import AlertState, RuleEffect, Severity

Things = dict[str, object]


def subjects(house: Personas) -> Things:
    create_partitions_ahead()
    integration, _key = create_integration(name="Métrologie", format="alertmanager", by=MAKER)
    moment = now()
    acknowledged, closed, shelved = (
        Alert.objects.create(
            integration=integration,
            identity=state,
            state=state,
            severity=Severity.MINOR,
            title="Disk full",
            started_at=moment,
            first_received_at=moment,
            last_received_at=moment,
            source_at=moment,
            closed_at=moment if state == AlertState.CLOSED else None,
        )
        for state in (AlertState.ACKNOWLEDGED, AlertState.CLOSED, AlertState.SHELVED)
    )
    silence = create_silence(
        SilenceTerms(
            matchers=(Matcher("host", "web01"),),
            starts_at=moment,
            ends_at=moment + timedelta(hours=2),
            comment="Works.",
        ),
        by=MAKER,
        at=moment,
    )
    terms = RuleTerms(name="Labs", condition="labels.env == 'lab'", effect=RuleEffect.SUPPRESS)
    event_rule = create_event_rule(terms, by=MAKER, at=moment)
    edit_event_rule(event_rule, replace(terms, name="Lab"), by=MAKER, at=moment)
    switch_event_rule(event_rule, on=True, by=MAKER, at=moment)
    removed = create_event_rule(replace(terms, name="Gone"), by=MAKER, at=moment)
    remove_event_rule(removed, by=MAKER, at=moment)
    edit_silence(silence, replace(terms_of_silence(silence), comment="Works"), by=MAKER, at=moment)
    over = create_silence(terms_of_silence(silence), by=MAKER, at=moment)
    end_silence(over, by=MAKER, at=moment)
    with attributed(MAKER):
        rule = add_rule(
            integration,
            name="Critical",
            minimum_severity=Severity.CRITICAL,
            open_for=timedelta(minutes=1),
            by=MAKER,
        )
    mapped, _key = create_integration(name="Anything", format="generic", by=MAKER)
    update_search_index()
    return {
        "integration_id": integration.pk,
        "mapped_integration_id": mapped.pk,
        "heartbeat_id": record_heartbeat(integration, "backup", by=MAKER, at=now()).pk,
        "key_id": integration.keys.get().pk,
        "rule_id": rule.pk,
        "event_rule_id": event_rule.pk,
        "event_rule_version": newest_version(event_rule),
        "removed_rule_id": removed.pk,
        "rule_trial_id": 1,
        "rule_way": "up",
        "event_item_id": 1,
        "silence_id": silence.pk,
        "silence_version": newest_version(silence),
        "ended_silence_id": over.pk,
        "acknowledged_alert_id": acknowledged.pk,
        "closed_alert_id": closed.pk,
        "paged_alert": page_subject(acknowledged.pk),
        "shelved_alert_id": shelved.pk,
        "alert_owner_id": house.people["run_engineer"].pk,
        "alert_state": "open",
    }
