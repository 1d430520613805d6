"""The words of TM Forum's Trouble Ticket API (TMF621) for the states of a ticket."""

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
    # It goes on under another number, which `merged_into_id` names; of its own it is closed.
    TicketState.MERGED: "closed",
}
