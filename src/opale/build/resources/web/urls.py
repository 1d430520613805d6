from django.urls import path

from opale.build.resources.web import planning, taking, views

REQUEST = "resources/<int:resource_request_id>"

urlpatterns = [
    path("resources/", views.listing, name="resources_list"),
    path("resources/new/", views.new, name="resources_new"),
    path("resources/who/", taking.who, name="resources_who"),
    path("resources/plans/", planning.index, name="resources_plans"),
    path("resources/plans/<int:plan_id>/", planning.show, name="resources_plan"),
    path("resources/plans/<int:plan_id>/end/", planning.stop, name="resources_plan_stop"),
    path(
        "resources/plans/<int:plan_id>/acceptance/",
        planning.accept_all,
        name="resources_plan_accept",
    ),
    path(
        "resources/plans/<int:plan_id>/refusal/", planning.refuse_all, name="resources_plan_refuse"
    ),
    path(
        "resources/plans/lines/<int:plan_line_id>/acceptance/",
        planning.accept,
        name="resources_plan_line_accept",
    ),
    path(
        "resources/plans/lines/<int:plan_line_id>/refusal/",
        planning.refuse,
        name="resources_plan_line_refuse",
    ),
    path(f"{REQUEST}/", views.show, name="resources_show"),
    path(f"{REQUEST}/offer/", views.offer, name="resources_offer"),
    path(f"{REQUEST}/counter/", views.counter, name="resources_counter"),
    path(f"{REQUEST}/refusal/", views.refuse, name="resources_refuse"),
    path(f"{REQUEST}/agreement/", views.agree, name="resources_agree"),
    path(f"{REQUEST}/withdrawal/", views.withdraw, name="resources_withdraw"),
    path(f"{REQUEST}/offers/<int:offer_id>/acceptance/", views.accept, name="resources_accept"),
]
