"""Root URL configuration: all pages and the API; the raw listeners are in opale.asgi."""

from django.urls import include, path

handler400 = "opale.web.error_pages.bad_request"
handler403 = "opale.ui.views.permission_denied"
handler404 = "opale.ui.views.page_not_found"
handler500 = "opale.web.error_pages.server_error"

urlpatterns = [
    path("account/", include("opale.organisation.web.disabled_pages")),
    path("account/", include("allauth.urls")),
    path("ui/", include("opale.ui.urls")),
    path("api/v1/", include("opale.api.urls")),
    path("tmf-api/", include("opale.api.tmf")),
    path("", include("opale.web.urls")),
]
