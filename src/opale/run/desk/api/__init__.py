"""The endpoints of the desk: one module a subject."""

from ninja import Router

from opale.run.desk.api import (
    answers,
    assignments,
    attachments,
    bulk,
    bulk_jobs,
    channel_rules,
    clocks,
    conversation,
    following,
    links,
    macros,
    mail,
    mail_texts,
    marks,
    modules,
    notices,
    order,
    requests,
    sentences,
    tickets,
    time,
    triage,
    views,
)
from opale.run.desk.api.conditional import unless_ticket_changed

router = Router(tags=["desk"])
for part in (
    bulk,
    bulk_jobs,
    tickets,
    attachments,
    conversation,
    clocks,
    assignments,
    answers,
    order,
    time,
    requests,
    marks,
    links,
    triage,
    sentences,
    modules,
    views,
    macros,
    mail,
    notices,
    following,
    mail_texts,
    channel_rules,
):
    part.router.add_decorator(unless_ticket_changed, mode="view")
    router.add_router("", part.router)

__all__ = ["router"]
