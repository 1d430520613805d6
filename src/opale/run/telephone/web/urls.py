from django.urls import path

from opale.listings.pages import page_of
from opale.run.telephone.listings import CALLS
from opale.run.telephone.web import call_sheets, calls

urlpatterns = [
    path("calls/", page_of(CALLS), name="telephone_calls"),
    path("calls/strip/", calls.strip, name="telephone_strip"),
    path("calls/missed/", calls.missed, name="telephone_missed"),
    path("calls/now/", call_sheets.now, name="telephone_now"),
    path("calls/sheet/", call_sheets.blank, name="telephone_sheet"),
    path(
        "calls/sheet/affected/<int:number>/",
        call_sheets.affected_by_hand,
        name="telephone_affected_by_hand",
    ),
    path("calls/<int:call_id>/", call_sheets.show, name="telephone_call"),
    path("calls/<int:call_id>/state/", call_sheets.state, name="telephone_state"),
    path(
        "calls/<int:call_id>/affected/<int:number>/",
        call_sheets.affected,
        name="telephone_affected",
    ),
    path("calls/<int:call_id>/ticket/<int:number>/", call_sheets.put, name="telephone_put"),
]
