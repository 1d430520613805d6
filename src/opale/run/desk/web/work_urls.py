"""URLs of assignments, proposed answers and the desk's settings."""

from django.urls import path

from opale.listings.pages import page_of
from opale.run.desk.listings.assignments import ASSIGNMENTS
from opale.run.desk.web import answers, assignments, desk_settings

urlpatterns = [
    path("desk/settings/", desk_settings.show, name="desk_settings"),
    path("work/", assignments.work, {"view": "mine"}, name="desk_work_mine"),
    path("work/<slug:view>/", assignments.work, name="desk_work"),
    path("assignments/<int:assignment_id>/", assignments.show, name="desk_assignment"),
    path("assignments/<int:assignment_id>/card/", assignments.card, name="desk_assignment_card"),
    path(
        "assignments/<int:assignment_id>/people/",
        assignments.people,
        name="desk_assignment_people",
    ),
    path("assignments/<int:assignment_id>/talk/", assignments.notes, name="desk_assignment_notes"),
    path(
        "assignments/<int:assignment_id>/writing/",
        assignments.writing,
        name="desk_assignment_writing",
    ),
    path("assignments/", page_of(ASSIGNMENTS), name="desk_assignments"),
    path(
        "assignments/<int:assignment_id>/acceptance/",
        assignments.acceptance,
        name="desk_assignment_acceptance",
    ),
    path("tickets/<int:number>/work/", assignments.of_ticket, name="desk_ticket_work"),
    path("tickets/<int:number>/escalation/", assignments.escalation, name="desk_escalation"),
    path(
        "tickets/<int:number>/escalation/closed/",
        assignments.escalation_closed,
        name="desk_escalation_closed",
    ),
    path("tickets/<int:number>/answers/", answers.waiting, name="desk_answers"),
]
