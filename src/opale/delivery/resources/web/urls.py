from django.urls import path

from opale.delivery.resources.listings import REQUESTS
from opale.delivery.resources.web import candidates, plans, views
from opale.listings.pages import page_of

REQUEST = "resources/<int:resource_request_id>"

urlpatterns = [
    path("resources/", page_of(REQUESTS), name="resources_list"),
    path("resources/who/", candidates.find_candidates, name="resources_who"),
    path("resources/plans/", plans.index, name="resources_plans"),
    path("resources/plans/<int:plan_id>/", plans.show, name="resources_plan"),
    path("resources/plans/<int:plan_id>/end/", plans.stop, name="resources_plan_stop"),
    path(
        "resources/plans/<int:plan_id>/acceptance/",
        plans.accept_all,
        name="resources_plan_accept",
    ),
    path("resources/plans/<int:plan_id>/refusal/", plans.refuse_all, name="resources_plan_refuse"),
    path(
        "resources/plans/lines/<int:plan_line_id>/acceptance/",
        plans.accept,
        name="resources_plan_line_accept",
    ),
    path(
        "resources/plans/lines/<int:plan_line_id>/refusal/",
        plans.refuse,
        name="resources_plan_line_refuse",
    ),
    path(f"{REQUEST}/", views.show, name="resources_show"),
    path(f"{REQUEST}/offer/", views.offer, name="resources_offer"),
    path(f"{REQUEST}/offers/<int:offer_id>/acceptance/", views.accept, name="resources_accept"),
]
