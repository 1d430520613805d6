from django.urls import path

from opale.listings.pages import page_of
from opale.run.events.listings.alerts import ALERTS
from opale.run.events.listings.silences import SILENCES
from opale.run.events.listings.sources import HEARTBEATS, INTEGRATIONS
from opale.run.events.web import (
    alerts,
    heartbeats,
    integrations,
    noise,
    parser_settings,
    pickers,
    rules,
    silences,
)

urlpatterns = [
    path("alerts/", alerts.board, name="events_board"),
    path("alerts/all/", page_of(ALERTS), name="events_alerts"),
    path("alerts/<int:alert_id>/", alerts.show, name="events_alert"),
    path("alerts/<int:alert_id>/changes/", alerts.changes, name="events_alert_changes"),
    path("alerts/paged/<str:about>/", alerts.paged, name="events_paged_alert"),
    path("alerts/noise/", noise.show, name="events_noise"),
    path("alerts/heartbeats/", page_of(HEARTBEATS), name="events_heartbeats"),
    path("alerts/heartbeats/new/", heartbeats.new, name="events_heartbeat_new"),
    path("alerts/pick/person/", pickers.pick_person, name="events_pick_person"),
    path("alerts/rules/", rules.index, name="events_rules"),
    path("alerts/rules/new/", rules.new, name="events_rule_new"),
    path("alerts/rules/trial/", rules.trial, name="events_rule_trial"),
    path(
        "alerts/rules/trials/<int:trial_id>/", rules.trial_progress, name="events_rule_trial_waited"
    ),
    path("alerts/rules/<int:rule_id>/", rules.edit, name="events_rule"),
    path("alerts/silences/", page_of(SILENCES), name="events_silences"),
    path("alerts/silences/new/", silences.new, name="events_silence_new"),
    path("alerts/silences/preview/", silences.preview, name="events_silence_preview"),
    path("alerts/silences/ending/", silences.ending, name="events_silences_ending"),
    path("alerts/silences/<int:silence_id>/", silences.show, name="events_silence"),
    path("alerts/silences/<int:silence_id>/terms/", silences.edit, name="events_silence_edit"),
    path("events/of-item/<int:item_id>/", alerts.of_item, name="events_item_alerts"),
    path("events/integrations/", page_of(INTEGRATIONS), name="events_integrations"),
    path("events/integrations/new/", integrations.new, name="events_integration_new"),
    path("events/integrations/<int:integration_id>/", integrations.show, name="events_integration"),
    path(
        "events/integrations/<int:integration_id>/keys/",
        integrations.rotate,
        name="events_integration_keys",
    ),
    path(
        "events/integrations/<int:integration_id>/reading/",
        parser_settings.edit,
        name="events_integration_reading",
    ),
    path(
        "events/integrations/<int:integration_id>/reading/trial/",
        parser_settings.trial,
        name="events_integration_trial",
    ),
]
