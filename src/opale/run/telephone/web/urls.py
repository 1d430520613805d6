from django.urls import path

from opale.run.telephone.web import calls, lines, sheet

urlpatterns = [
    path("calls/", calls.index, name="telephone_calls"),
    path("calls/strip/", calls.strip, name="telephone_strip"),
    path("calls/missed/", calls.missed, name="telephone_missed"),
    path("calls/lines/", lines.edit, name="telephone_lines"),
    path("calls/now/", sheet.now, name="telephone_now"),
    path("calls/sheet/", sheet.blank, name="telephone_sheet"),
    path(
        "calls/sheet/affected/<int:number>/",
        sheet.affected_by_hand,
        name="telephone_affected_by_hand",
    ),
    path("calls/<int:call_id>/", sheet.show, name="telephone_call"),
    path("calls/<int:call_id>/state/", sheet.state, name="telephone_state"),
    path("calls/<int:call_id>/affected/<int:number>/", sheet.affected, name="telephone_affected"),
    path("calls/<int:call_id>/ticket/<int:number>/", sheet.put, name="telephone_put"),
    path("calls/<int:call_id>/number/", sheet.number, name="telephone_number"),
    path("calls/<int:call_id>/calling-back/", calls.calling_back, name="telephone_call_back"),
    path("calls/<int:call_id>/dismissal/", calls.dismissal, name="telephone_dismiss"),
    path("calls/<int:call_id>/dismissal/withdrawal/", calls.again, name="telephone_again"),
]
