"""Writing at the desk. Every rule stands in the module of its subject; this is the door."""

from opale.run.desk.actions.alerts import (
    attach_alert,
    open_incident,
    open_qualified_incident,
    show_cleared_alerts,
)
from opale.run.desk.actions.classifying import Findings, classify_ticket, qualify_ticket
from opale.run.desk.actions.commitments import (
    latch_breaches,
    rebuild_commitments,
    refresh_commitments,
)
from opale.run.desk.actions.conversing import (
    note_failed_mail,
    note_refused_addresses,
    recipients_of,
    write_note,
    write_to_customer,
)
from opale.run.desk.actions.interventions import agree_intervention, end_intervention
from opale.run.desk.actions.life import (
    cancel_ticket,
    close_ticket,
    reopen_ticket,
    resolve_ticket,
    resolve_tickets,
    restore_service,
    withdraw_restoration,
)
from opale.run.desk.actions.merging import UNDOABLE_FOR, merge_tickets, undo_merge
from opale.run.desk.actions.ownership import give_ticket, pass_on_work, take_ticket
from opale.run.desk.actions.pauses import (
    correct_pause,
    pause_ticket,
    record_pause,
    resume_as_agreed,
    resume_ticket,
    withdraw_pause,
)
from opale.run.desk.actions.receiving import NewTicket, receive_ticket
from opale.run.desk.actions.splitting import move_message, split_ticket, undo_message_move

__all__ = [
    "UNDOABLE_FOR",
    "Findings",
    "NewTicket",
    "agree_intervention",
    "attach_alert",
    "cancel_ticket",
    "classify_ticket",
    "close_ticket",
    "correct_pause",
    "end_intervention",
    "give_ticket",
    "latch_breaches",
    "merge_tickets",
    "move_message",
    "note_failed_mail",
    "note_refused_addresses",
    "open_incident",
    "open_qualified_incident",
    "pass_on_work",
    "pause_ticket",
    "qualify_ticket",
    "rebuild_commitments",
    "receive_ticket",
    "recipients_of",
    "record_pause",
    "refresh_commitments",
    "reopen_ticket",
    "resolve_ticket",
    "resolve_tickets",
    "restore_service",
    "resume_as_agreed",
    "resume_ticket",
    "show_cleared_alerts",
    "split_ticket",
    "take_ticket",
    "undo_merge",
    "undo_message_move",
    "withdraw_pause",
    "withdraw_restoration",
    "write_note",
    "write_to_customer",
]
