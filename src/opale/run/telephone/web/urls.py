from django.urls import path

from opale.run.telephone.web import call_sheets, calls, lines

urlpatterns = [
    path("calls/", calls.index, name="telephone_calls"),
    path("calls/strip/", calls.strip, name="telephone_strip"),
    path("calls/missed/", calls.missed, name="telephone_missed"),
    path("calls/lines/", lines.edit, name="telephone_lines"),
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
    path("calls/<int:call_id>/number/", call_sheets.number, name="telephone_number"),
    path("calls/<int:call_id>/calling-back/", calls.calling_back, name="telephone_call_back"),
    path("calls/<int:call_id>/dismissal/", calls.dismissal, name="telephone_dismiss"),
    path("calls/<int:call_id>/dismissal/withdrawal/", calls.again, name="telephone_again"),
]
