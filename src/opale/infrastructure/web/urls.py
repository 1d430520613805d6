from django.urls import path

from opale.infrastructure.listings import ITEMS, SITES, SUPPLIERS
from opale.infrastructure.web import items, neighbours, pickers, sites
from opale.listings.pages import page_of
from opale.reference_tables.pages import pages_of

urlpatterns = [
    path("items/", page_of(ITEMS), name="infrastructure_items"),
    path("items/pick/", pickers.item, name="infrastructure_pick_item"),
    path("items/<int:item_id>/", items.show, name="infrastructure_item"),
    path("items/<int:item_id>/around/", items.show_neighbourhood, name="infrastructure_around"),
    path(
        "items/<int:item_id>/neighbours/",
        neighbours.neighbours,
        name="infrastructure_neighbours",
    ),
    path("items/<int:item_id>/impact/", items.impact, name="infrastructure_impact"),
    path("items/<int:item_id>/impact.csv", items.impact_file, name="infrastructure_impact_file"),
    path("sites/pick/", pickers.site, name="infrastructure_pick_site"),
    path("sites/pick/datacentre/", pickers.datacentre, name="infrastructure_pick_datacentre"),
    *pages_of(SITES),
    *pages_of(SUPPLIERS),
    path("customers/<str:code>/sites/", sites.of_customer, name="infrastructure_of_customer"),
    path("services/<str:reference>/items/", sites.of_service, name="infrastructure_of_service"),
]
