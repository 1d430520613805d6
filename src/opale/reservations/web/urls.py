from django.urls import path

from opale.listings.pages import page_of
from opale.reservations.listings import RESERVATIONS
from opale.reservations.web import load, views

urlpatterns = [
    path("reservations/", page_of(RESERVATIONS), name="reservations_list"),
    path("reservations/new/", views.new, name="reservations_new"),
    path("reservations/pick/pool/", views.pick_pool, name="reservations_pick_pool"),
    path("reservations/<int:reservation_id>/", views.show, name="reservations_show"),
    path("reservations/of-item/<int:item_id>/", views.of_item, name="reservations_of_item"),
    path("load/", load.show, name="reservations_load"),
    path("load/people/<int:person_id>/", load.person, name="reservations_load_person"),
]
