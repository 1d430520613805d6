from django.urls import path

from opale.run.events.web import (
    alert_acts,
    alerts,
    heartbeats,
    integrations,
    noise,
    reading,
    silences,
)

urlpatterns = [
    path("alerts/", alerts.board, name="events_board"),
    path("alerts/<int:alert_id>/", alerts.show, name="events_alert"),
    path("alerts/<int:alert_id>/acknowledgement/", alerts.acknowledge, name="events_acknowledge"),
    path(
        "alerts/<int:alert_id>/acknowledgement/withdrawal/",
        alerts.unacknowledge,
        name="events_unacknowledge",
    ),
    path("alerts/<int:alert_id>/closure/", alerts.close, name="events_close"),
    path(
        "alerts/<int:alert_id>/closure/withdrawal/<slug:state>/",
        alerts.reopen,
        name="events_reopen",
    ),
    path("alerts/<int:alert_id>/changes/", alerts.changes, name="events_alert_changes"),
    path("alerts/noise/", noise.show, name="events_noise"),
    path("alerts/noise/count/", noise.count, name="events_noise_count"),
    path("alerts/heartbeats/", heartbeats.index, name="events_heartbeats"),
    path("alerts/heartbeats/new/", heartbeats.new, name="events_heartbeat_new"),
    path("alerts/heartbeats/<int:heartbeat_id>/", heartbeats.edit, name="events_heartbeat"),
    path(
        "alerts/heartbeats/<int:heartbeat_id>/activity/",
        heartbeats.activity,
        name="events_heartbeat_activity",
    ),
    path(
        "alerts/heartbeats/<int:heartbeat_id>/removal/",
        heartbeats.remove,
        name="events_heartbeat_remove",
    ),
    path("alerts/<int:alert_id>/shelf/", alert_acts.shelve, name="events_shelve"),
    path(
        "alerts/<int:alert_id>/shelf/withdrawal/<slug:state>/",
        alert_acts.unshelve,
        name="events_unshelve",
    ),
    path("alerts/<int:alert_id>/owner/", alert_acts.assign, name="events_assign"),
    path("alerts/<int:alert_id>/owner/<int:person_id>/", alert_acts.give, name="events_give"),
    path("alerts/<int:alert_id>/notes/", alert_acts.note, name="events_note"),
    path("alerts/pick/person/", alert_acts.pick_person, name="events_pick_person"),
    path("alerts/silences/", silences.index, name="events_silences"),
    path("alerts/silences/new/", silences.new, name="events_silence_new"),
    path("alerts/silences/preview/", silences.preview, name="events_silence_preview"),
    path("alerts/silences/ending/", silences.ending, name="events_silences_ending"),
    path("alerts/silences/<int:silence_id>/", silences.show, name="events_silence"),
    path(
        "alerts/silences/<int:silence_id>/prolongation/",
        silences.prolong,
        name="events_silence_prolong",
    ),
    path(
        "alerts/silences/<int:silence_id>/prolongation/withdrawal/",
        silences.shorten,
        name="events_silence_shorten",
    ),
    path("alerts/silences/<int:silence_id>/end/", silences.end, name="events_silence_end"),
    path(
        "alerts/silences/<int:silence_id>/end/withdrawal/",
        silences.resume,
        name="events_silence_resume",
    ),
    path("events/of-item/<int:item_id>/", alerts.of_item, name="events_item_alerts"),
    path("events/integrations/", integrations.index, name="events_integrations"),
    path("events/integrations/new/", integrations.new, name="events_integration_new"),
    path("events/integrations/<int:integration_id>/", integrations.show, name="events_integration"),
    path(
        "events/integrations/<int:integration_id>/keys/",
        integrations.rotate,
        name="events_integration_keys",
    ),
    path(
        "events/integrations/<int:integration_id>/keys/<int:key_id>/end/",
        integrations.end_key,
        name="events_integration_key_end",
    ),
    path(
        "events/integrations/<int:integration_id>/activity/",
        integrations.activity,
        name="events_integration_activity",
    ),
    path(
        "events/integrations/<int:integration_id>/labels/",
        integrations.labels,
        name="events_integration_labels",
    ),
    path(
        "events/integrations/<int:integration_id>/test/",
        integrations.test,
        name="events_integration_test",
    ),
    path(
        "events/integrations/<int:integration_id>/test/end/",
        integrations.end_test,
        name="events_integration_test_end",
    ),
    path(
        "events/integrations/<int:integration_id>/reading/",
        reading.edit,
        name="events_integration_reading",
    ),
    path(
        "events/integrations/<int:integration_id>/reading/trial/",
        reading.trial,
        name="events_integration_trial",
    ),
    path(
        "events/integrations/<int:integration_id>/limit/",
        integrations.limit,
        name="events_integration_limit",
    ),
    path(
        "events/integrations/<int:integration_id>/rules/",
        integrations.rule,
        name="events_integration_rules",
    ),
    path(
        "events/integrations/<int:integration_id>/rules/<int:rule_id>/removal/",
        integrations.remove_rule,
        name="events_integration_rule_remove",
    ),
]
