from django.urls import path

from opale.build.resources.web import taking, views

REQUEST = "resources/<int:resource_request_id>"

urlpatterns = [
    path("resources/", views.listing, name="resources_list"),
    path("resources/new/", views.new, name="resources_new"),
    path("resources/who/", taking.who, name="resources_who"),
    path(f"{REQUEST}/", views.show, name="resources_show"),
    path(f"{REQUEST}/offer/", views.offer, name="resources_offer"),
    path(f"{REQUEST}/counter/", views.counter, name="resources_counter"),
    path(f"{REQUEST}/refusal/", views.refuse, name="resources_refuse"),
    path(f"{REQUEST}/agreement/", views.agree, name="resources_agree"),
    path(f"{REQUEST}/withdrawal/", views.withdraw, name="resources_withdraw"),
    path(f"{REQUEST}/offers/<int:offer_id>/acceptance/", views.accept, name="resources_accept"),
]
