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
    path("tickets/<int:number>/pauses/", clocks.pauses, name="desk_pauses"),
    path("tickets/<int:number>/outages/", clocks.outages, name="desk_outages"),
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
