"""Every address of Opale's pages and API; the raw listeners are in opale.asgi."""

from functools import lru_cache

from django.urls import ResolverMatch, URLResolver, include, path
from django.urls.resolvers import RoutePattern

handler400 = "opale.ui.views.bad_request"
handler403 = "opale.ui.views.permission_denied"
handler404 = "opale.ui.views.page_not_found"
handler500 = "opale.web.error_pages.server_error"

KEPT = 2_000


class Remembered(URLResolver):
    """Knows again what an address leads to: to compare it with some hundreds of patterns takes as
    long as two questions to the database. What leads nowhere is compared each time."""

    def __init__(self, *addresses: URLResolver) -> None:
        super().__init__(RoutePattern("", is_endpoint=False), list(addresses))
        self.known = lru_cache(KEPT)(self.compared)

    def resolve(self, path: str) -> ResolverMatch:
        return self.known(path)

    def compared(self, path: str) -> ResolverMatch:
        found = super().resolve(path)
        found.tried = None  # the patterns before it, of which nobody asks
        return found


urlpatterns = [
    Remembered(
        path("account/", include("opale.organisation.web.disabled_pages")),
        path("account/", include("allauth.urls")),
        path("ui/", include("opale.ui.urls")),
        path("api/v1/", include("opale.api.urls")),
        path("tmf-api/", include("opale.api.tmf")),
        path("", include("opale.web.urls")),
    )
]
