"""Assembly of TM Forum's Open APIs: every room's addresses are one line here."""

from django.urls import URLPattern, re_path

from opale.build.orders.api import urlpatterns as orders
from opale.endpoints.tmf import nothing_here

urlpatterns: list[URLPattern] = [
    *orders,
    re_path(r"^(?P<rest>[\s\S]*)\Z", nothing_here),
]
