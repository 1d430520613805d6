"""Assembly of the rooms' pages. Each room names its own addresses; this file only joins them."""

from django.urls import include, path

from opale.web import exchange, home, search

urlpatterns = [
    path("", include("opale.organisation.web.urls")),
    path("", home.now, name="home"),
    path("search/", search.show, name="search"),
    path("search/tickets.csv", search.exported, name="search_export"),
    path("exchange/", exchange.listing, name="exchange"),
    path("exchange/imports/<int:import_id>/", exchange.result, name="exchange_import"),
    path(
        "exchange/imports/<int:import_id>/taking-back/",
        exchange.undo,
        name="exchange_take_back",
    ),
    path("exchange/<slug:name>.csv", exchange.download, name="exchange_download"),
    path("exchange/<slug:name>/preview/", exchange.show, name="exchange_preview"),
    path("exchange/<slug:name>/import/", exchange.carry, name="exchange_carry"),
    path("", include("opale.run.desk.web.urls")),
    path("", include("opale.run.telephone.web.urls")),
    path("", include("opale.run.handover.web.urls")),
    path("", include("opale.build.designs.web.urls")),
    path("", include("opale.build.orders.web.urls")),
    path("", include("opale.build.resources.web.urls")),
    path("", include("opale.build.projects.web.urls")),
    path("", include("opale.run.events.web.urls")),
    path("", include("opale.run.paging.web.urls")),
    path("", include("opale.reservations.web.urls")),
    path("", include("opale.customers.web.urls")),
    path("", include("opale.infrastructure.web.urls")),
    path("", include("opale.messaging.web.urls")),
    path("", include("opale.run.shifts.web.urls")),
    path("", include("opale.webhooks.web.urls")),
]
