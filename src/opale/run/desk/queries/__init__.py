"""Reading the desk: the door to the modules of this folder."""

from opale.run.desk.queries.lists import (
    View,
    count_triage,
    counts,
    due_next,
    for_list,
    incidents_of,
    jumps,
    matching,
    search,
    tickets_in,
)
from opale.run.desk.queries.ticket import (
    alerts_of,
    clocks_of,
    commitments_of,
    explained_priority,
    get_ticket,
    may_work_on,
    messages_of,
    proposed_restoration,
    record_of,
)

__all__ = [
    "View",
    "alerts_of",
    "clocks_of",
    "commitments_of",
    "count_triage",
    "counts",
    "due_next",
    "explained_priority",
    "for_list",
    "get_ticket",
    "incidents_of",
    "jumps",
    "matching",
    "may_work_on",
    "messages_of",
    "proposed_restoration",
    "record_of",
    "search",
    "tickets_in",
]
