"""One act on many tickets, and the views for others than the agent: the wall, the lead's board."""

from django.urls import path

from opale.run.desk.web import bulk, lead, printing, standby, walls

urlpatterns = [
    path("standby/", standby.now, name="desk_standby"),
    path("standby/<int:number>/", standby.ticket, name="desk_standby_ticket"),
    path("tickets/<int:number>/print/", printing.show, name="desk_ticket_print"),
    path("desk/lead/", lead.board, name="desk_lead"),
    path("desk/lead/<slug:name>/", lead.tickets, name="desk_lead_tickets"),
    path("wall/", walls.show, name="desk_wall"),
    path("wall/<str:key>/", walls.by_key, name="desk_wall_by_key"),
    path("desk/settings/walls/", walls.keys, name="desk_wall_keys"),
    path("desk/settings/walls/<int:key_id>/revocation/", walls.revocation, name="desk_wall_revoke"),
    path("desk/bulk/", bulk.listing, name="desk_bulks"),
    path("desk/bulk/new/", bulk.ask, name="desk_bulk_new"),
    path("desk/bulk/<int:job_id>/", bulk.show, name="desk_bulk"),
    path("desk/bulk/<int:job_id>/confirmation/", bulk.confirmation, name="desk_bulk_confirm"),
    path("desk/bulk/<int:job_id>/stop/", bulk.stop, name="desk_bulk_stop"),
    path("desk/bulk/<int:job_id>/undoing/", bulk.undo, name="desk_bulk_undo"),
    path("desk/bulk/<int:job_id>/refused.csv", bulk.refused, name="desk_bulk_refused"),
]
