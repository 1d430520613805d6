from django.urls import path

from opale.delivery.designs.listings import DESIGNS
from opale.delivery.designs.web import documents, placements, undo, views
from opale.listings.pages import page_of

DESIGN = "designs/<int:design_number>"
SITE = f"{DESIGN}/sites/<int:design_site_id>"
LINE = f"{DESIGN}/lines/<int:design_line_id>"
DOCUMENT = f"{DESIGN}/documents/<int:design_document_id>"

urlpatterns = [
    path("designs/", page_of(DESIGNS), name="designs_list"),
    path("designs/of-customer/<str:customer_code>/", views.of_customer, name="designs_of_customer"),
    path("designs/of-order/<int:order_number>/", views.of_order, name="designs_of_order"),
    path(f"{DESIGN}/", views.show, name="designs_show"),
    path(f"{DESIGN}/check/", views.check, name="designs_check"),
    path(f"{DESIGN}/versions/", views.versions, name="designs_versions"),
    path(f"{DESIGN}/history/", views.history, name="designs_history"),
    path(f"{SITE}/restoring/", undo.restore_site, name="designs_site_restore"),
    path(f"{LINE}/places/<slug:unit>/", placements.place, name="designs_place"),
    path(f"{LINE}/places/<slug:unit>/removal/", placements.free, name="designs_place_free"),
    path(f"{DESIGN}/lines/restoring/", undo.restore_line, name="designs_line_restore"),
    path(f"{DESIGN}/acceptance/", documents.accept, name="designs_accept"),
    path(f"{DOCUMENT}/", documents.content, name="designs_document"),
]
