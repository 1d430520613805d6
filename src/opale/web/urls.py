"""URLs of all pages: each app's `web.urls` and acts, discovered."""

from django.apps import apps
from django.urls import include, path

from opale.acts.pages import pages
from opale.kernel.discovery import app_modules, parts_of
from opale.listings.pages import page_of
from opale.web import exchange, home, search, settings_page
from opale.web.listings import IMPORTS

of_apps = [
    path("", include(module.__name__))
    for config, module in app_modules("web.urls")
    if config.name != "opale.web"
]
urlpatterns = [
    path("", include("opale.listings.urls")),
    path("", home.now, name="home"),
    path("my-work/", home.my_work, name="my_work"),
    path("search/", search.show, name="search"),
    path("settings/", settings_page.show, name="settings"),
    path("search/tickets.csv", search.exported, name="search_export"),
    path("exchange/", page_of(IMPORTS), name="exchange"),
    path("exchange/imports/<int:import_id>/", exchange.result, name="exchange_import"),
    path(
        "exchange/imports/<int:import_id>/taking-back/",
        exchange.undo,
        name="exchange_take_back",
    ),
    path("exchange/<slug:name>.csv", exchange.download, name="exchange_download"),
    path("exchange/<slug:name>/preview/", exchange.show, name="exchange_preview"),
    path("exchange/<slug:name>/import/", exchange.carry, name="exchange_carry"),
    # Acts first: `customers/new/` is no customer of the code "new".
    *(
        address
        for config in apps.get_app_configs()
        for module in parts_of(config, "acts", "ACTS")
        for address in pages(config.label, module.ACTS)
    ),
    *of_apps,
]
