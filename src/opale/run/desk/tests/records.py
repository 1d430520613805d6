"""Records of tickets for tests of pure functions."""

from datetime import datetime

from opale.kernel.business_time import Pause
from opale.run.desk.domain.clocks import ClassifiedPeriod, Record


def make_record(
    received_at: datetime,
    pauses: tuple[Pause, ...] = (),
    acknowledged_at: datetime | None = None,
) -> Record:
    return Record(
        received_at=received_at,
        held=(ClassifiedPeriod(received_at, "incident"),),
        acknowledged_at=acknowledged_at,
        pauses=pauses,
    )
