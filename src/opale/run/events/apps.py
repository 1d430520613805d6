from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "opale.run.events"
    label = "events"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from opale.kernel.facts import listen
        from opale.organisation.facts import PersonLeft
        from opale.run.events import actions, palette, queries, rights
        from opale.run.events.actions import calling
        from opale.run.events.facts import AlertsCall, AlertsCleared
        from opale.run.paging.facts import MobilisationAnswered
        from opale.run.paging.queries import is_anybody_called
        from opale.ui import navigation, slots
        from opale.ui.palette import register

        listen(PersonLeft, "events.release_alerts", actions.release_alerts_of)
        called = is_anybody_called
        listen(AlertsCall, "events.page_for_alerts", calling.page_for_alerts, when=called)
        listen(AlertsCleared, "events.end_pages", calling.end_pages_of_cleared, when=called)
        listen(MobilisationAnswered, "events.see_to_answered", calling.see_to_answered)
        navigation.register(
            navigation.Entry(
                label=_("Alerts"),
                icon="bell",
                url_name="events_board",
                right=rights.READ,
                count=queries.unseen,
                topic="events.board",
                order=30,
                phone=True,
                loud=True,
                places=("/alerts/", "/events/"),
                key="g a",
            )
        )
        register(palette.jumps)
        slots.fill("web.now.first", "events_silences_ending", right=rights.WORK)
        slots.fill("infrastructure.item.side", "events_item_alerts", right=rights.READ)
        slots.fill("events.alert.side", "events_alert_changes", right=rights.READ)
