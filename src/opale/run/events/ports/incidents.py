"""What apps above tell about alerts in lists."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class AlertIncident:
    """The running incident of an alert: its number, its address, and whether it is worked on."""

    reference: str
    url: str
    in_work: bool


IncidentSource = Callable[[Collection[int], Actor], Mapping[int, AlertIncident]]
_sources: dict[str, IncidentSource] = {}


def register_incident_source(name: str, source: IncidentSource) -> None:
    """Register what knows the incidents of alerts; called in its `apps.py`."""
    _sources[name] = source


def incidents_of(alert_ids: Collection[int], *, seen_by: Actor) -> Mapping[int, AlertIncident]:
    """Return the running incident of each alert that has one which the actor may see."""
    found: dict[int, AlertIncident] = {}
    for source in _sources.values() if alert_ids else ():
        found.update(source(alert_ids, seen_by))
    return found
