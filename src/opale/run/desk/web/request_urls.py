"""URLs of requests: at the desk, of employees, and of the catalogue."""

from django.urls import path

from opale.listings.pages import page_of
from opale.run.desk.listings.reference import REQUEST_TYPES
from opale.run.desk.web import catalogue, own_requests, requests

urlpatterns = [
    path("tickets/new/request/", requests.choose, name="desk_request_choose"),
    path("tickets/new/request/<slug:code>/", requests.new, name="desk_request_new"),
    path("tickets/new/request/<slug:code>/outlook/", requests.outlook, name="desk_request_outlook"),
    path("tickets/<int:number>/request/", requests.sheet, name="desk_request_sheet"),
    path("tickets/<int:number>/request/edit/", requests.revision, name="desk_request_revise"),
    path("tickets/<int:number>/request/history/", requests.history, name="desk_request_history"),
    path(
        "tickets/<int:number>/route/reason/",
        requests.routing_reason,
        name="desk_request_route_reason",
    ),
    path("tickets/<int:number>/approval/", requests.decision, name="desk_request_decision"),
    path("requests/", own_requests.mine, name="desk_own_list"),
    path("requests/new/", own_requests.choose, name="desk_own_choose"),
    path("requests/problem/", own_requests.problem, name="desk_own_problem"),
    path("requests/new/<slug:code>/", own_requests.new, name="desk_own_new"),
    path("requests/<int:number>/", own_requests.show, name="desk_own"),
    path("requests/<int:number>/talk/", own_requests.talk, name="desk_own_talk"),
    path("requests/<int:number>/messages/", own_requests.write, name="desk_own_write"),
    path("request-types/", page_of(REQUEST_TYPES), name="desk_catalogue"),
    path("request-types/new/", catalogue.new, name="desk_catalogue_new"),
    path("request-types/preview/", catalogue.preview, name="desk_catalogue_preview"),
    path("request-types/<slug:code>/", catalogue.edit, name="desk_catalogue_edit"),
    path("request-types/<slug:code>/history/", catalogue.history, name="desk_catalogue_history"),
]
