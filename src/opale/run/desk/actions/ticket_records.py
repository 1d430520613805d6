"""The desk's own records of a ticket: on its page, in its timeline, in merges.

Other rooms register theirs in the same way (`ports.register_ticket_record`). The order is that of
entries of one moment in the timeline.
"""

from typing import Final

from django.db.models import Q

from opale.run.desk.actions.merge_records import (
    AssignmentsMove,
    FirstMoves,
    LinksMove,
    MessagesMove,
)
from opale.run.desk.actions.record_blocks import tickets_awaiting_approval
from opale.run.desk.models import (
    Approval,
    Assignment,
    Attachment,
    Breaker,
    BulkItem,
    Classification,
    Commitment,
    ExternalReference,
    Intervention,
    MacroRun,
    Merge,
    Message,
    MessageMove,
    News,
    Notice,
    OfficialSentence,
    Ownership,
    Participant,
    Pause,
    Presence,
    ProposedAnswer,
    ProposedLink,
    RequestDetails,
    ServiceOutage,
    TicketAlert,
    TicketLink,
    TimeEntry,
    Watcher,
    WrittenDraft,
)
from opale.run.desk.ports import Block, Moves, TicketRecord
from opale.run.desk.queries import timeline
from opale.run.desk.states import RESOLVE, RESUME

RECORDS: Final = (
    TicketRecord(model=Message, on_merge=MessagesMove(), timeline=timeline.message_entries),
    TicketRecord(model=Ownership, timeline=timeline.owner_entries),
    TicketRecord(model=Classification, timeline=timeline.classification_entries),
    TicketRecord(
        model=Approval,
        timeline=timeline.approval_entries,
        block=Block((RESOLVE, RESUME), tickets_awaiting_approval),
    ),
    TicketRecord(model=Pause, rare=True, timeline=timeline.pause_entries),
    TicketRecord(
        model=TicketAlert,
        rare=True,
        on_merge=Moves(("alert_id",)),
        timeline=timeline.alert_entries,
    ),
    TicketRecord(model=Merge, leads=("into_id",), rare=True, timeline=timeline.merge_entries),
    TicketRecord(
        model=MessageMove,
        leads=("origin_id", "target_id"),
        rare=True,
        follows_customer=False,  # it has two tickets
        timeline=timeline.moved_message_entries,
    ),
    TicketRecord(
        model=Participant,
        rare=True,
        on_merge=Moves(("address",)),
        timeline=timeline.participant_entries,
    ),
    TicketRecord(model=ProposedLink, rare=True, timeline=timeline.proposed_link_entries),
    TicketRecord(
        model=Breaker, rare=True, follows_customer=False, timeline=timeline.breaker_entries
    ),
    # A row with a service belongs to the customer of that service.
    TicketRecord(model=ServiceOutage, rare=True, of_ticket=Q(service=None)),
    TicketRecord(model=Assignment, rare=True, on_merge=AssignmentsMove()),
    TicketRecord(model=Attachment, rare=True, on_merge=Moves()),
    TicketRecord(model=ProposedAnswer, rare=True, on_merge=Moves()),
    TicketRecord(model=ExternalReference, on_merge=Moves(("party", "number"))),
    TicketRecord(model=Watcher, on_merge=Moves(("person_id", "contact_id"))),
    TicketRecord(model=TimeEntry, on_merge=Moves()),
    TicketRecord(model=Intervention, on_merge=Moves()),
    TicketRecord(model=OfficialSentence, on_merge=FirstMoves()),
    TicketRecord(model=TicketLink, on_merge=LinksMove()),
    TicketRecord(model=BulkItem),
    TicketRecord(model=Commitment),
    TicketRecord(model=MacroRun),
    TicketRecord(model=Notice, follows_customer=False),  # it was sent to that customer
    TicketRecord(model=RequestDetails),
    TicketRecord(model=WrittenDraft),
    TicketRecord(model=News, follows_customer=False),
    TicketRecord(model=Presence, follows_customer=False),
)
