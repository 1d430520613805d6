"""Calls to the service desk by the hour, for shift planning."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Avg, Count, F
from django.db.models.functions import Trunc

from opale.kernel.errors import NotFound
from opale.run.shifts.ports import CallLoad
from opale.run.shifts.queries.duties import service_desk
from opale.run.telephone.models import Call
from opale.run.telephone.states import Direction

TYPICAL_CALL = timedelta(minutes=5)
"""How long a call takes where none was ever answered."""


class DeskCallDemand:
    """All calls that came in, unanswered ones too: they were demand."""

    slug = "telephone"

    def loads(
        self, team_id: int, starts: datetime, ends: datetime
    ) -> Iterable[tuple[datetime, CallLoad]]:
        try:
            desk = service_desk()
        except NotFound:
            return
        if desk.pk != team_id:
            return
        came = Call.objects.filter(direction=Direction.IN, began_at__gte=starts, began_at__lt=ends)
        hours = came.order_by().annotate(hour=Trunc("began_at", "hour")).values("hour")
        talked = Avg(F("ended_at") - F("answered_at"))
        for row in hours.annotate(calls=Count("pk"), talked=talked):
            yield row["hour"], CallLoad(row["calls"], max(row["talked"] or TYPICAL_CALL, MINUTE))


MINUTE = timedelta(minutes=1)
