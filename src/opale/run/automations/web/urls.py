from django.urls import path

from opale.acts.pages import pages
from opale.listings.pages import page_of
from opale.run.automations.acts import ACTS
from opale.run.automations.listings import AUTOMATIONS, RECURRING, RUNS
from opale.run.automations.web import recurring, views

urlpatterns = [
    path("automations/", page_of(AUTOMATIONS), name="automations_list"),
    path("automations/new/", views.new, name="automations_new"),
    path("automations/runs/", page_of(RUNS), name="automations_runs"),
    path("automations/<int:automation_id>/", views.show, name="automations_show"),
    path("automations/<int:automation_id>/edit/", views.edit, name="automations_edit"),
    path("automations/dry-run/", views.try_draft, name="automations_try_draft"),
    path("automations/<int:automation_id>/dry-run/", views.try_one, name="automations_try"),
    path("automations/recurring/", page_of(RECURRING), name="automations_recurring_list"),
    path(
        "automations/recurring/<int:recurring_id>/",
        recurring.show,
        name="automations_recurring",
    ),
    *pages("automations", ACTS),
]
