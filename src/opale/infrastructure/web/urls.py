from django.urls import path

from opale.infrastructure.listings import ITEMS, SITES, SUPPLIERS
from opale.infrastructure.web import items, neighbours, sites, suppliers
from opale.listings.pages import page_of

urlpatterns = [
    path("items/", page_of(ITEMS), name="infrastructure_items"),
    path("items/new/", items.new, name="infrastructure_item_new"),
    path("items/pick/", items.pick, name="infrastructure_pick_item"),
    path("items/<int:item_id>/", items.show, name="infrastructure_item"),
    path("items/<int:item_id>/edit/", items.edit, name="infrastructure_item_edit"),
    path("items/<int:item_id>/around/", items.show_neighbourhood, name="infrastructure_around"),
    path(
        "items/<int:item_id>/neighbours/",
        neighbours.neighbours,
        name="infrastructure_neighbours",
    ),
    path("items/<int:item_id>/impact/", items.impact, name="infrastructure_impact"),
    path("items/<int:item_id>/impact.csv", items.impact_file, name="infrastructure_impact_file"),
    path("items/<int:item_id>/moves/<slug:name>/", items.move, name="infrastructure_item_move"),
    path("items/<int:item_id>/needs/new/", items.add_dependency, name="infrastructure_need"),
    path(
        "items/<int:item_id>/needs/<int:lower_id>/end/",
        items.remove_dependency,
        name="infrastructure_need_end",
    ),
    path("items/<int:item_id>/services/new/", items.link_service, name="infrastructure_stand"),
    path(
        "items/<int:item_id>/services/<int:service_id>/end/",
        items.unlink_service,
        name="infrastructure_stand_end",
    ),
    path("sites/", page_of(SITES), name="infrastructure_sites"),
    path("sites/new/", sites.new, name="infrastructure_site_new"),
    path("sites/pick/", sites.pick, name="infrastructure_pick_site"),
    path("sites/<str:code>/", sites.show, name="infrastructure_site"),
    path("sites/<str:code>/edit/", sites.edit, name="infrastructure_site_edit"),
    path("suppliers/", page_of(SUPPLIERS), name="infrastructure_suppliers"),
    path("suppliers/new/", suppliers.new, name="infrastructure_supplier_new"),
    path("suppliers/<int:supplier_id>/", suppliers.show, name="infrastructure_supplier"),
    path("suppliers/<int:supplier_id>/edit/", suppliers.edit, name="infrastructure_supplier_edit"),
    path("customers/<str:code>/sites/", sites.of_customer, name="infrastructure_of_customer"),
    path("services/<str:reference>/items/", sites.of_service, name="infrastructure_of_service"),
]
