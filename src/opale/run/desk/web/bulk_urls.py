"""One act on many tickets."""

from django.urls import path

from opale.run.desk.web import bulk

urlpatterns = [
    path("desk/bulk/", bulk.listing, name="desk_bulks"),
    path("desk/bulk/new/", bulk.ask, name="desk_bulk_new"),
    path("desk/bulk/<int:job_id>/", bulk.show, name="desk_bulk"),
    path("desk/bulk/<int:job_id>/confirmation/", bulk.confirmation, name="desk_bulk_confirm"),
    path("desk/bulk/<int:job_id>/stop/", bulk.stop, name="desk_bulk_stop"),
    path("desk/bulk/<int:job_id>/undoing/", bulk.undo, name="desk_bulk_undo"),
    path("desk/bulk/<int:job_id>/refused.csv", bulk.refused, name="desk_bulk_refused"),
]
