from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "opale.run.events"
    label = "events"

    def ready(self) -> None:

        from opale.kernel.facts import listen
        from opale.listings import registry
        from opale.organisation.facts import PersonLeft
        from opale.run.events import rights
        from opale.run.events.actions import assignments, paging
        from opale.run.events.facts import AlertsCall, AlertsCleared
        from opale.run.events.listings.alerts import ALERTS
        from opale.run.events.listings.silences import SILENCES
        from opale.run.events.listings.sources import HEARTBEATS, INTEGRATIONS
        from opale.run.events.web import palette
        from opale.run.paging.facts import MobilisationAnswered
        from opale.run.paging.queries.escalation_plans import has_active_policy
        from opale.ui import slots
        from opale.ui.palette import register

        listen(PersonLeft, "events.release_alerts", assignments.unassign_alerts_of_leaver)
        called = has_active_policy
        listen(AlertsCall, "events.page_for_alerts", paging.page_for_alerts, when=called)
        listen(AlertsCleared, "events.end_pages", paging.end_pages_of_cleared_alerts, when=called)
        listen(MobilisationAnswered, "events.see_to_answered", paging.acknowledge_answered_alerts)
        registry.register(ALERTS, SILENCES, INTEGRATIONS, HEARTBEATS)
        register(palette.jumps)
        slots.fill("web.now.first", "events_silences_ending", right=rights.WORK)
        slots.fill("infrastructure.item.side", "events_item_alerts", right=rights.READ)
        slots.fill("events.alert.side", "events_alert_changes", right=rights.READ)
        slots.fill("paging.mobilisation.main", "events_paged_alert", right=rights.READ)
