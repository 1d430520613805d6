from django.urls import path

from opale.delivery.designs.web import designs, documents, lifecycle, placements, views

DESIGN = "designs/<int:design_number>"
SITE = f"{DESIGN}/sites/<int:design_site_id>"
LINE = f"{DESIGN}/lines/<int:design_line_id>"
DOCUMENT = f"{DESIGN}/documents/<int:design_document_id>"

urlpatterns = [
    path("designs/", views.listing, name="designs_list"),
    path("designs/new/", designs.new, name="designs_new"),
    path("designs/of-customer/<str:customer_code>/", views.of_customer, name="designs_of_customer"),
    path("designs/of-order/<int:order_number>/", views.of_order, name="designs_of_order"),
    path(f"{DESIGN}/", views.show, name="designs_show"),
    path(f"{DESIGN}/check/", views.check, name="designs_check"),
    path(f"{DESIGN}/versions/", views.versions, name="designs_versions"),
    path(f"{DESIGN}/history/", views.history, name="designs_history"),
    path(f"{DESIGN}/edit/", designs.edit, name="designs_edit"),
    path(f"{DESIGN}/sites/new/", designs.new_site, name="designs_site_new"),
    path(f"{SITE}/", designs.edit_site, name="designs_site"),
    path(f"{SITE}/removal/", designs.remove_site, name="designs_site_remove"),
    path(f"{SITE}/restoring/", designs.restore_site, name="designs_site_restore"),
    path(f"{DESIGN}/lines/new/", designs.new_line, name="designs_line_new"),
    path(f"{LINE}/", designs.edit_line, name="designs_line"),
    path(f"{LINE}/removal/", designs.remove_line, name="designs_line_remove"),
    path(f"{LINE}/places/<slug:unit>/", placements.place, name="designs_place"),
    path(f"{LINE}/places/<slug:unit>/removal/", placements.free, name="designs_place_free"),
    path(f"{DESIGN}/lines/restoring/", designs.restore_line, name="designs_line_restore"),
    path(f"{DESIGN}/checking/", lifecycle.check, name="designs_do_check"),
    path(f"{DESIGN}/quoting/", lifecycle.quote, name="designs_quote"),
    path(f"{DESIGN}/declining/", lifecycle.decline, name="designs_decline"),
    path(f"{DESIGN}/withdrawal/", lifecycle.withdraw, name="designs_withdraw"),
    path(f"{DESIGN}/reopening/", lifecycle.reopen, name="designs_reopen"),
    path(f"{DESIGN}/reservation/", lifecycle.reserve, name="designs_reserve"),
    path(f"{DESIGN}/reservation/extension/", lifecycle.extend, name="designs_extend"),
    path(f"{DESIGN}/reservation/release/", lifecycle.release, name="designs_release"),
    path(f"{DESIGN}/order/", lifecycle.order, name="designs_order"),
    path(f"{DESIGN}/acceptance/", documents.accept, name="designs_accept"),
    path(f"{DESIGN}/documents/new/", documents.attach, name="designs_attach"),
    path(f"{DOCUMENT}/", documents.content, name="designs_document"),
    path(f"{DOCUMENT}/removal/", documents.remove, name="designs_document_remove"),
]
