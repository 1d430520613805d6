from django.urls import path

from opale.build.designs.web import acts, papers, placing, sizing, views

DESIGN = "designs/<int:design_number>"
SITE = f"{DESIGN}/sites/<int:design_site_id>"
LINE = f"{DESIGN}/lines/<int:design_line_id>"
DOCUMENT = f"{DESIGN}/documents/<int:design_document_id>"

urlpatterns = [
    path("designs/", views.listing, name="designs_list"),
    path("designs/new/", sizing.new, name="designs_new"),
    path("designs/of-customer/<str:customer_code>/", views.of_customer, name="designs_of_customer"),
    path("designs/of-order/<int:order_number>/", views.of_order, name="designs_of_order"),
    path(f"{DESIGN}/", views.show, name="designs_show"),
    path(f"{DESIGN}/check/", views.check, name="designs_check"),
    path(f"{DESIGN}/versions/", views.versions, name="designs_versions"),
    path(f"{DESIGN}/history/", views.history, name="designs_history"),
    path(f"{DESIGN}/edit/", sizing.edit, name="designs_edit"),
    path(f"{DESIGN}/sites/new/", sizing.new_site, name="designs_site_new"),
    path(f"{SITE}/", sizing.edit_site, name="designs_site"),
    path(f"{SITE}/removal/", sizing.remove_site, name="designs_site_remove"),
    path(f"{SITE}/restoring/", sizing.restore_site, name="designs_site_restore"),
    path(f"{DESIGN}/lines/new/", sizing.new_line, name="designs_line_new"),
    path(f"{LINE}/", sizing.edit_line, name="designs_line"),
    path(f"{LINE}/removal/", sizing.remove_line, name="designs_line_remove"),
    path(f"{LINE}/places/<slug:unit>/", placing.place, name="designs_place"),
    path(f"{LINE}/places/<slug:unit>/removal/", placing.free, name="designs_place_free"),
    path(f"{DESIGN}/lines/restoring/", sizing.restore_line, name="designs_line_restore"),
    path(f"{DESIGN}/checking/", acts.check, name="designs_do_check"),
    path(f"{DESIGN}/quoting/", acts.quote, name="designs_quote"),
    path(f"{DESIGN}/declining/", acts.decline, name="designs_decline"),
    path(f"{DESIGN}/withdrawal/", acts.withdraw, name="designs_withdraw"),
    path(f"{DESIGN}/reopening/", acts.reopen, name="designs_reopen"),
    path(f"{DESIGN}/reservation/", acts.reserve, name="designs_reserve"),
    path(f"{DESIGN}/reservation/extension/", acts.extend, name="designs_extend"),
    path(f"{DESIGN}/reservation/release/", acts.release, name="designs_release"),
    path(f"{DESIGN}/order/", acts.order, name="designs_order"),
    path(f"{DESIGN}/acceptance/", papers.accept, name="designs_accept"),
    path(f"{DESIGN}/documents/new/", papers.attach, name="designs_attach"),
    path(f"{DOCUMENT}/", papers.content, name="designs_document"),
    path(f"{DOCUMENT}/removal/", papers.remove, name="designs_document_remove"),
]
