"""The TM Forum Trouble Ticket API (TMF621) names of ticket states."""

from collections.abc import Mapping

from opale.run.desk.states import TicketState

TMF621_STATUS: Mapping[str, str] = {
    TicketState.NEW: "acknowledged",
    TicketState.IN_PROGRESS: "inProgress",
    TicketState.PENDING: "pending",
    TicketState.HELD: "held",
    TicketState.RESOLVED: "resolved",
    TicketState.CLOSED: "closed",
    TicketState.CANCELLED: "cancelled",
    TicketState.REJECTED: "rejected",
    # It goes on under the number of `merged_into_id`; itself, it is closed.
    TicketState.MERGED: "closed",
}
