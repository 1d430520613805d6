"""Queries on noise reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from opale.kernel.actor import Actor
from opale.run.events.models import NoiseReport
from opale.run.events.rights import READ


@dataclass(frozen=True, slots=True)
class NoiseLine:
    """A line of the report: how often, of how many alerts; `percent` is of the noisiest.

    `alert_id` is the newest of its alerts. `named` where the name is their label `alertname`.
    """

    alert_id: int
    integration_id: int
    integration: str
    name: str
    number: int
    alerts: int
    percent: int
    named: bool = False


def newest_noise(*, seen_by: Actor) -> NoiseReport | None:
    if not seen_by.everywhere(READ):
        return None
    return NoiseReport.objects.order_by("-id").first()


def noise_lines(rows: Sequence[dict[str, Any]]) -> list[NoiseLine]:
    most = max((row["number"] for row in rows), default=1)
    return [NoiseLine(**row, percent=100 * row["number"] // most) for row in rows]
