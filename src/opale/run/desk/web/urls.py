from django.urls import path

from opale.run.desk.web import conversation, queue, tickets

urlpatterns = [
    path("desk/", queue.show, {"view": "triage"}, name="desk_queue"),
    path("desk/due-next/", queue.due_next, name="desk_due_next"),
    path("desk/<slug:view>/", queue.show, name="desk_view"),
    path("tickets/new/", tickets.new, name="desk_ticket_new"),
    path("tickets/pick/contact/", tickets.pick_contact, name="desk_pick_contact"),
    path("tickets/pick/service/", tickets.pick_service, name="desk_pick_service"),
    path("tickets/<int:number>/", tickets.show, name="desk_ticket"),
    path("tickets/<int:number>/head/", tickets.head, name="desk_ticket_head"),
    path("tickets/<int:number>/side/", tickets.side, name="desk_ticket_side"),
    path("tickets/<int:number>/timeline/", conversation.timeline, name="desk_ticket_timeline"),
    path("tickets/<int:number>/messages/", conversation.message, name="desk_message"),
    path("tickets/<int:number>/notes/", conversation.note, name="desk_note"),
    path("tickets/<int:number>/ownership/", tickets.ownership, name="desk_ownership"),
    path("tickets/<int:number>/giving/", tickets.giving, name="desk_giving"),
    path("tickets/<int:number>/classification/", tickets.classification, name="desk_classify"),
    path("tickets/<int:number>/qualification/", tickets.qualification, name="desk_qualify"),
    path("tickets/<int:number>/priority/", tickets.priority_reason, name="desk_priority"),
    path("tickets/<int:number>/pauses/", tickets.pause, name="desk_pause"),
    path("tickets/<int:number>/resumption/", tickets.resumption, name="desk_resume"),
    path("tickets/<int:number>/restoration/", tickets.restoration, name="desk_restore"),
    path(
        "tickets/<int:number>/restoration/proposed/",
        tickets.restoration_as_proposed,
        name="desk_restore_proposed",
    ),
    path("tickets/<int:number>/restoration/withdrawal/", tickets.unrestore, name="desk_unrestore"),
    path("tickets/<int:number>/resolution/", tickets.resolution, name="desk_resolve"),
    path("tickets/<int:number>/closure/", tickets.closure, name="desk_close"),
    path("tickets/<int:number>/cancellation/", tickets.cancellation, name="desk_cancel"),
    path("tickets/<int:number>/reopening/", tickets.reopening, name="desk_reopen"),
    path("tickets/<int:number>/clocks/<slug:measure>/", tickets.clock, name="desk_clock"),
    path("alerts/<int:alert_id>/incident/", tickets.incident, name="desk_incident"),
    path("alerts/<int:alert_id>/tickets/", tickets.of_alert, name="desk_alert_tickets"),
]
