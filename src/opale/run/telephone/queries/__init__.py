"""Reading the telephone: the door to the modules of this folder."""

from opale.run.telephone.queries.calls import (
    View,
    calls,
    calls_in,
    calls_of_tickets,
    earlier_calls,
    get_call,
    going_on,
    matching,
    missed_so_far,
    narrowed,
    to_call_back,
)
from opale.run.telephone.queries.people import lines_of, people_called
from opale.run.telephone.queries.sheets import (
    SERVICES,
    Caller,
    Touching,
    caller_of,
    incidents_touching,
    is_unknown,
    open_tickets_of,
    services_of,
    touching,
)
from opale.run.telephone.queries.timeline import tell_calls

__all__ = [
    "SERVICES",
    "Caller",
    "Touching",
    "View",
    "caller_of",
    "calls",
    "calls_in",
    "calls_of_tickets",
    "earlier_calls",
    "get_call",
    "going_on",
    "incidents_touching",
    "is_unknown",
    "lines_of",
    "matching",
    "missed_so_far",
    "narrowed",
    "open_tickets_of",
    "people_called",
    "services_of",
    "tell_calls",
    "to_call_back",
    "touching",
]
