from django.urls import path

from opale.run.handover.web import cards, views, watches

CARD = "handovers/<int:handover_id>/cards/<int:card_id>"
BLOCK = "handovers/<int:handover_id>/blocks/<int:leaver_id>"

urlpatterns = [
    path("handovers/", views.now, name="handover_now"),
    path("handovers/all/", views.index, name="handover_list"),
    path("handovers/preparation/", views.prepare, name="handover_prepare"),
    path("handovers/return/", views.back, name="handover_back"),
    path("handovers/leaving/", views.leaving, name="handover_leaving"),
    path("handovers/watches/", watches.index, name="handover_watches"),
    path("handovers/watches/new/", watches.new, name="handover_watch_new"),
    path("handovers/watches/pick/item/", watches.pick_item, name="handover_pick_item"),
    path("handovers/watches/<int:watch_id>/call/", watches.call, name="handover_watch_call"),
    path("handovers/watches/<int:watch_id>/end/", watches.end, name="handover_watch_end"),
    path("handovers/<int:handover_id>/", views.show, name="handover_show"),
    path("handovers/<int:handover_id>/print/", views.paper, name="handover_print"),
    path("handovers/<int:handover_id>/signature/", views.signature, name="handover_sign"),
    path("handovers/<int:handover_id>/signature/withdrawal/", views.unsign, name="handover_unsign"),
    path("handovers/<int:handover_id>/undo/", cards.undo, name="handover_undo"),
    path(f"{BLOCK}/", views.block, name="handover_block"),
    path(f"{BLOCK}/acceptance/", cards.block_acceptance, name="handover_block_accept"),
    path(f"{BLOCK}/proposal/", cards.block_proposal, name="handover_block_give"),
    path(f"{CARD}/acceptance/", cards.acceptance, name="handover_accept"),
    path(f"{CARD}/refusal/", cards.refusal, name="handover_refuse"),
    path(f"{CARD}/proposal/", cards.proposal, name="handover_give"),
    path(f"{CARD}/note/", cards.note, name="handover_note"),
]
