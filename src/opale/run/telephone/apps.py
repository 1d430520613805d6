from django.apps import AppConfig


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
        from opale.ui import slots
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
        register(palette.palette_results)
        slots.fill("frame.top", "telephone_strip", right=rights.WORK)
        slots.fill("web.now.first", "telephone_missed", right=rights.WORK)
