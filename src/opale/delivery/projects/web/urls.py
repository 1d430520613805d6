from django.urls import path

from opale.delivery.projects.web import (
    attention,
    deliverables,
    follow_up,
    placements,
    portfolio,
    projects,
    templates,
    views,
)

PROJECT = "projects/<int:project_number>"
PACKAGE = f"{PROJECT}/packages/<int:package_id>"
NEED = f"{PROJECT}/needs/<int:need_id>"
DELIVERABLE = f"{PROJECT}/deliverables/<int:deliverable_id>"
TEMPLATE = "project-templates/<slug:offering_code>"
OF_ORDER = "projects/of-order/<int:order_number>"

urlpatterns = [
    path("projects/", portfolio.listing, name="projects_list"),
    path("projects/export.csv", portfolio.export, name="projects_export"),
    path("projects/now/", attention.now, name="projects_now"),
    path(f"{OF_ORDER}/", portfolio.of_order, name="projects_of_order"),
    path(f"{OF_ORDER}/opening/", projects.open_of_order, name="projects_open"),
    path(f"{PROJECT}/", views.show, name="projects_show"),
    path(f"{PROJECT}/deliverables/", views.proofs, name="projects_proofs"),
    path(f"{PROJECT}/promises/", views.promises, name="projects_promises"),
    path(f"{PROJECT}/following/", views.following, name="projects_following"),
    path(f"{PROJECT}/edit/", projects.edit, name="projects_edit"),
    path(f"{PROJECT}/manager/", projects.manager, name="projects_manager"),
    path(f"{PROJECT}/manager/<int:person_id>/", projects.set_manager, name="projects_lead"),
    path(f"{PROJECT}/moves/<slug:project_move>/", projects.move, name="projects_move"),
    path(f"{PROJECT}/wanted-day/", projects.adopt_ordered_day, name="projects_wish"),
    path(f"{PROJECT}/needs/", projects.reserve_needs, name="projects_needs"),
    path(f"{NEED}/place/", placements.place, name="projects_place"),
    path(f"{NEED}/place/release/", placements.free, name="projects_place_free"),
    path(f"{PROJECT}/packages/new/", projects.new_package, name="projects_package_new"),
    path(f"{PACKAGE}/", projects.edit_package, name="projects_package"),
    path(f"{PACKAGE}/why/", views.why, name="projects_why"),
    path(f"{PACKAGE}/hours/", projects.reserve_hours, name="projects_hours"),
    path(f"{PACKAGE}/asking/", projects.request_person, name="projects_ask"),
    path(f"{PACKAGE}/carrier/", projects.carrier_promise, name="projects_carrier"),
    path(f"{PACKAGE}/slip/", projects.slip_cause, name="projects_slip"),
    path(
        f"{PACKAGE}/moves/<slug:package_move>/",
        projects.move_package,
        name="projects_package_move",
    ),
    path(f"{PROJECT}/promises/new/", projects.promise, name="projects_promise"),
    path(
        f"{PROJECT}/deliverables/new/",
        deliverables.new_deliverable,
        name="projects_deliverable_new",
    ),
    path(f"{DELIVERABLE}/versions/", deliverables.hand_in, name="projects_hand_in"),
    path(f"{DELIVERABLE}/acceptance/", deliverables.accept, name="projects_accept"),
    path(f"{DELIVERABLE}/refusal/", deliverables.refuse, name="projects_refuse"),
    path(
        f"{PROJECT}/evidences/<int:evidence_id>/",
        deliverables.attach_evidence,
        name="projects_evidence",
    ),
    path(f"{PROJECT}/gates/<int:gate_id>/passing/", deliverables.pass_gate, name="projects_gate"),
    path(f"{PROJECT}/risks/new/", follow_up.new_risk, name="projects_risk_new"),
    path(f"{PROJECT}/risks/<int:risk_id>/", follow_up.edit_risk, name="projects_risk"),
    path(f"{PROJECT}/actions/new/", follow_up.new_action, name="projects_action_new"),
    path(f"{PROJECT}/actions/<int:action_item_id>/", follow_up.settle, name="projects_action"),
    path(f"{PROJECT}/minutes/new/", follow_up.new_minutes, name="projects_minutes_new"),
    path("project-templates/", templates.listing, name="projects_templates"),
    path(f"{TEMPLATE}/", templates.show, name="projects_template"),
    path(f"{TEMPLATE}/own/", templates.own, name="projects_template_own"),
    path(f"{TEMPLATE}/family/", templates.as_family, name="projects_template_family"),
    path(f"{TEMPLATE}/steps/new/", templates.new_step, name="projects_step_new"),
    path(f"{TEMPLATE}/steps/<slug:step_key>/", templates.edit_step, name="projects_step"),
]
