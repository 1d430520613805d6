"""URLs of TM Forum's Open APIs: every app's `api.urls`, discovered."""

from django.urls import include, path, re_path

from opale.endpoints.tmf import unknown_address
from opale.kernel.discovery import app_modules

urlpatterns = [
    *(path("", include(module.__name__)) for _config, module in app_modules("api.urls")),
    re_path(r"^(?P<rest>[\s\S]*)\Z", unknown_address),
]
