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
    path(f"{REQUEST}/", views.show, name="resources_show"),
    path(f"{REQUEST}/offer/", views.offer, name="resources_offer"),
    path(f"{REQUEST}/offers/<int:offer_id>/acceptance/", views.accept, name="resources_accept"),
]
