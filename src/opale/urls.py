"""Every address of Opale's pages and API; the raw listeners are in opale.asgi."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("opale.organisation.web.closed_doors")),
    path("account/", include("allauth.urls")),
    path("ui/", include("opale.ui.urls")),
    path("api/v1/", include("opale.api.urls")),
    path("", include("opale.web.urls")),
]
