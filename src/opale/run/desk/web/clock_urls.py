"""URLs of clocks, pauses and availability."""

from django.urls import path

from opale.run.desk.web import availability, clocks

urlpatterns = [
    path("tickets/<int:number>/clocks/<slug:measure>/", clocks.show, name="desk_clock"),
    path(
        "tickets/<int:number>/work/<int:work_id>/clocks/<slug:measure>/",
        clocks.of_work,
        name="desk_clock_of_work",
    ),
    path("tickets/<int:number>/wait/", clocks.pause, name="desk_pause"),
    path("tickets/<int:number>/pauses/", clocks.pauses, name="desk_pauses"),
    path("tickets/<int:number>/pauses/new/", clocks.pause_record, name="desk_pause_record"),
    path(
        "tickets/<int:number>/pauses/<int:pause_id>/",
        clocks.pause_correction,
        name="desk_pause_correct",
    ),
    path(
        "tickets/<int:number>/pauses/<int:pause_id>/withdrawal/",
        clocks.pause_withdrawal,
        name="desk_pause_withdraw",
    ),
    path("tickets/<int:number>/outage/", clocks.outage, name="desk_outage"),
    path(
        "services/<str:reference>/availability/",
        availability.of_service,
        name="desk_availability_of_service",
    ),
    path(
        "customers/<str:code>/availability/",
        availability.of_customer,
        name="desk_availability_of_customer",
    ),
]
