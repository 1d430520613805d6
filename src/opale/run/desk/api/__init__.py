"""The endpoints of the desk, one module per subject."""

from ninja import Router

from opale.endpoints.service import merge
from opale.run.desk.api import (
    answers,
    assignments,
    attachments,
    bulk,
    bulk_jobs,
    channel_rules,
    clocks,
    conversation,
    desk_settings,
    digests,
    incoming_mail,
    links,
    macros,
    mail_texts,
    notes,
    notices,
    official_sentences,
    queue_order,
    requests,
    saved_views,
    text_modules,
    ticket_fields,
    ticket_metadata,
    tickets,
    time_entries,
    triage,
)
from opale.run.desk.api.conditional import unless_ticket_changed

router = Router(tags=["desk"])
for part in (
    bulk,
    bulk_jobs,
    tickets,
    attachments,
    conversation,
    notes,
    clocks,
    assignments,
    answers,
    desk_settings,
    queue_order,
    time_entries,
    requests,
    ticket_metadata,
    links,
    triage,
    official_sentences,
    text_modules,
    saved_views,
    macros,
    incoming_mail,
    notices,
    digests,
    mail_texts,
    channel_rules,
    ticket_fields,
):
    merge(router, part.router)
router.add_decorator(unless_ticket_changed, mode="view")

__all__ = ["router"]
