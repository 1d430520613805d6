"""The endpoints of the desk: one module a subject."""

from ninja import Router

from opale.run.desk.api import (
    attachments,
    clocks,
    conversation,
    marks,
    order,
    requests,
    tickets,
    time,
)

router = Router(tags=["desk"])
for part in (tickets, attachments, conversation, clocks, order, time, requests, marks):
    router.add_router("", part.router)

__all__ = ["router"]
