from django.urls import path

from opale.build.projects.web import (
    catalogue,
    following,
    needing,
    placing,
    portfolio,
    proofs,
    views,
    writing,
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
    path("projects/now/", needing.now, name="projects_now"),
    path(f"{OF_ORDER}/", portfolio.of_order, name="projects_of_order"),
    path(f"{OF_ORDER}/opening/", writing.open_of_order, name="projects_open"),
    path(f"{PROJECT}/", views.show, name="projects_show"),
    path(f"{PROJECT}/deliverables/", views.proofs, name="projects_proofs"),
    path(f"{PROJECT}/promises/", views.promises, name="projects_promises"),
    path(f"{PROJECT}/following/", views.following, name="projects_following"),
    path(f"{PROJECT}/edit/", writing.edit, name="projects_edit"),
    path(f"{PROJECT}/manager/", writing.manager, name="projects_manager"),
    path(f"{PROJECT}/manager/<int:person_id>/", writing.lead, name="projects_lead"),
    path(f"{PROJECT}/moves/<slug:project_move>/", writing.move, name="projects_move"),
    path(f"{PROJECT}/wanted-day/", writing.take_over_wish, name="projects_wish"),
    path(f"{PROJECT}/needs/", writing.reserve_needs, name="projects_needs"),
    path(f"{NEED}/place/", placing.place, name="projects_place"),
    path(f"{NEED}/place/release/", placing.free, name="projects_place_free"),
    path(f"{PROJECT}/packages/new/", writing.new_package, name="projects_package_new"),
    path(f"{PACKAGE}/", writing.edit_package, name="projects_package"),
    path(f"{PACKAGE}/why/", views.why, name="projects_why"),
    path(f"{PACKAGE}/hours/", writing.reserve_hours, name="projects_hours"),
    path(f"{PACKAGE}/asking/", writing.ask, name="projects_ask"),
    path(f"{PACKAGE}/carrier/", writing.hear_promise, name="projects_carrier"),
    path(f"{PACKAGE}/slip/", writing.say_slip, name="projects_slip"),
    path(
        f"{PACKAGE}/moves/<slug:package_move>/",
        writing.move_package,
        name="projects_package_move",
    ),
    path(f"{PROJECT}/promises/new/", writing.promise, name="projects_promise"),
    path(f"{PROJECT}/deliverables/new/", proofs.new_deliverable, name="projects_deliverable_new"),
    path(f"{DELIVERABLE}/versions/", proofs.hand_in, name="projects_hand_in"),
    path(f"{DELIVERABLE}/acceptance/", proofs.accept, name="projects_accept"),
    path(f"{DELIVERABLE}/refusal/", proofs.refuse, name="projects_refuse"),
    path(f"{PROJECT}/evidences/<int:evidence_id>/", proofs.give, name="projects_evidence"),
    path(f"{PROJECT}/gates/<int:gate_id>/passing/", proofs.pass_gate, name="projects_gate"),
    path(f"{PROJECT}/risks/new/", following.new_risk, name="projects_risk_new"),
    path(f"{PROJECT}/risks/<int:risk_id>/", following.edit_risk, name="projects_risk"),
    path(f"{PROJECT}/actions/new/", following.new_action, name="projects_action_new"),
    path(f"{PROJECT}/actions/<int:action_item_id>/", following.settle, name="projects_action"),
    path(f"{PROJECT}/minutes/new/", following.new_minutes, name="projects_minutes_new"),
    path("project-templates/", catalogue.listing, name="projects_templates"),
    path(f"{TEMPLATE}/", catalogue.show, name="projects_template"),
    path(f"{TEMPLATE}/own/", catalogue.own, name="projects_template_own"),
    path(f"{TEMPLATE}/family/", catalogue.as_family, name="projects_template_family"),
    path(f"{TEMPLATE}/steps/new/", catalogue.new_step, name="projects_step_new"),
    path(f"{TEMPLATE}/steps/<slug:step_key>/", catalogue.edit_step, name="projects_step"),
]
