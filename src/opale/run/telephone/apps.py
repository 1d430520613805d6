from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephoneConfig(AppConfig):
    name = "opale.run.telephone"
    label = "telephone"

    def ready(self) -> None:
        from opale.kernel.facts import listen
        from opale.listings import registry
        from opale.run.desk.facts import MergeUndone, TicketsMerged
        from opale.run.desk.ports import (
            TicketRecord,
            register_missed_calls,
            register_ticket_record,
        )
        from opale.run.events.domain.deliveries import register_tool
        from opale.run.shifts.ports import register_demand
        from opale.run.telephone import rights
        from opale.run.telephone.actions import merges
        from opale.run.telephone.listeners.calls import CallListener
        from opale.run.telephone.listeners.sources import installed_sources
        from opale.run.telephone.listings import CALLS
        from opale.run.telephone.models import Call
        from opale.run.telephone.queries import calls, timeline
        from opale.run.telephone.queries.demand import DeskCallDemand
        from opale.run.telephone.web import palette
        from opale.ui import navigation, slots
        from opale.ui.palette import register

        for source in installed_sources().values():
            register_tool(source.slug, CallListener(source))
        listen(TicketsMerged, "telephone.follow_merge", merges.move_calls_of_merge)
        listen(MergeUndone, "telephone.follow_undone_merge", merges.move_calls_back)
        register_demand(DeskCallDemand())
        registry.register(CALLS)
        register_missed_calls(calls.count_missed_calls)
        register_ticket_record(
            TicketRecord(
                model=Call,
                rare=True,
                follows_customer=False,  # it is that of the number
                timeline=timeline.call_timeline_events,
            )
        )
        navigation.register(
            navigation.Entry(
                label=_("Calls"),
                icon="phone",
                url_name="telephone_calls",
                right=rights.READ,
                count=calls.calls_to_call_back,
                topic="telephone.calls",
                order=14,
                places=("/calls/",),
                key="g t",
            )
        )
        navigation.register(
            navigation.Entry(
                label=_("My telephone"),
                icon="phone",
                url_name="telephone_set_lines",
                right=rights.WORK,
                own=True,
            )
        )
        register(palette.palette_results)
        slots.fill("frame.top", "telephone_strip", right=rights.WORK)
        slots.fill("web.now.first", "telephone_missed", right=rights.READ)
