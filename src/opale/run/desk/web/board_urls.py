"""URLs of bulk jobs, the wallboard and the operations dashboard."""

from django.urls import path

from opale.listings.pages import page_of
from opale.run.desk.listings.bulk_jobs import BULK_JOBS
from opale.run.desk.web import bulk_jobs, operations_dashboard, print_pages, standby, wallboards

urlpatterns = [
    path("standby/", standby.now, name="desk_standby"),
    path("standby/<int:number>/", standby.ticket, name="desk_standby_ticket"),
    path("tickets/<int:number>/print/", print_pages.show, name="desk_ticket_print"),
    path("desk/lead/", operations_dashboard.board, name="desk_lead"),
    path("desk/lead/<slug:name>/", operations_dashboard.tickets, name="desk_lead_tickets"),
    path("wall/", wallboards.show, name="desk_wall"),
    path("wall/<str:key>/", wallboards.by_key, name="desk_wall_by_key"),
    path("desk/settings/walls/", wallboards.keys, name="desk_wall_keys"),
    path("desk/bulk/", page_of(BULK_JOBS), name="desk_bulks"),
    path("desk/bulk/new/", bulk_jobs.ask, name="desk_bulk_new"),
    path("desk/bulk/<int:job_id>/", bulk_jobs.show, name="desk_bulk"),
    path("desk/bulk/<int:job_id>/refused.csv", bulk_jobs.refused, name="desk_bulk_refused"),
]
