from django.urls import path

from opale.listings.pages import page_of
from opale.run.handover.listings import HANDOVERS, WATCHES
from opale.run.handover.web import views, watches

urlpatterns = [
    path("handovers/", views.now, name="handover_now"),
    path("handovers/all/", page_of(HANDOVERS), name="handover_list"),
    path("handovers/leaving/", views.leaving, name="handover_leaving"),
    path("handovers/watches/", page_of(WATCHES), name="handover_watches"),
    path("handovers/watches/pick/item/", watches.pick_item, name="handover_pick_item"),
    path("handovers/<int:handover_id>/", views.show, name="handover_show"),
    path("handovers/<int:handover_id>/print/", views.paper, name="handover_print"),
    path("handovers/<int:handover_id>/signature/withdrawal/", views.unsign, name="handover_unsign"),
    path("handovers/<int:handover_id>/undo/", views.undo, name="handover_undo"),
    path("handovers/<int:handover_id>/blocks/<int:leaver_id>/", views.block, name="handover_block"),
]
