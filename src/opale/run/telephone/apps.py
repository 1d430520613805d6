from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephoneConfig(AppConfig):
    name = "opale.run.telephone"
    label = "telephone"

    def ready(self) -> None:
        from opale.kernel.facts import listen
        from opale.run.desk.facts import MergeUndone, TicketsMerged
        from opale.run.desk.ports import count_missed_calls_by, tell_also
        from opale.run.events.ports import hand_to
        from opale.run.shifts.ports import register_demand
        from opale.run.telephone import actions, palette, queries, rights
        from opale.run.telephone.models import Call
        from opale.run.telephone.queries.demand import CallsOfTheDesk
        from opale.run.telephone.sources import sources
        from opale.run.telephone.taking import Telephone
        from opale.ui import navigation, slots
        from opale.ui.palette import register

        for source in sources().values():
            hand_to(source.slug, Telephone(source))
        listen(TicketsMerged, "telephone.follow_merge", actions.follow_merge)
        listen(MergeUndone, "telephone.follow_undone_merge", actions.follow_undone_merge)
        register_demand(CallsOfTheDesk())
        count_missed_calls_by(queries.missed_so_far)
        tell_also(Call, "ticket_id", queries.tell_calls)
        navigation.register(
            navigation.Entry(
                label=_("Calls"),
                icon="phone",
                url_name="telephone_calls",
                right=rights.READ,
                count=queries.to_call_back,
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
                url_name="telephone_lines",
                right=rights.WORK,
                own=True,
            )
        )
        register(palette.jumps)
        slots.fill("frame.top", "telephone_strip", right=rights.WORK)
        slots.fill("web.now.first", "telephone_missed", right=rights.READ)
