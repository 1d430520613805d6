"""Pages of the login library that are not offered.

There is no self-registration, and only an administrator changes an address: the record of people,
mails and outside identities depend on it.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from opale.kernel.errors import NotFound


def closed(request: HttpRequest, **_parameters: str) -> HttpResponse:
    raise NotFound


urlpatterns = [
    path("email/", closed),
    path("confirm-email/", closed),
    path("confirm-email/<str:key>/", closed),
    path("3rdparty/signup/", closed),
    path("social/signup/", closed),
]
