from django.urls import path

from opale.infrastructure.listings import ITEMS, SITES, SUPPLIERS
from opale.infrastructure.web import items, neighbours, sites, suppliers
from opale.listings.pages import page_of

urlpatterns = [
    path("items/", page_of(ITEMS), name="infrastructure_items"),
    path("items/pick/", items.pick, name="infrastructure_pick_item"),
    path("items/<int:item_id>/", items.show, name="infrastructure_item"),
    path("items/<int:item_id>/around/", items.show_neighbourhood, name="infrastructure_around"),
    path(
        "items/<int:item_id>/neighbours/",
        neighbours.neighbours,
        name="infrastructure_neighbours",
    ),
    path("items/<int:item_id>/impact/", items.impact, name="infrastructure_impact"),
    path("items/<int:item_id>/impact.csv", items.impact_file, name="infrastructure_impact_file"),
    path("sites/", page_of(SITES), name="infrastructure_sites"),
    path("sites/pick/", sites.pick, name="infrastructure_pick_site"),
    path("sites/<str:code>/", sites.show, name="infrastructure_site"),
    path("suppliers/", page_of(SUPPLIERS), name="infrastructure_suppliers"),
    path("suppliers/<int:supplier_id>/", suppliers.show, name="infrastructure_supplier"),
    path("customers/<str:code>/sites/", sites.of_customer, name="infrastructure_of_customer"),
    path("services/<str:reference>/items/", sites.of_service, name="infrastructure_of_service"),
]
