"""Assembly of TM Forum's Open APIs: every room's addresses are one line here."""

from django.urls import URLPattern, re_path

from opale.delivery.orders.api.urls import urlpatterns as orders
from opale.endpoints.tmf import unknown_address

urlpatterns: list[URLPattern] = [
    *orders,
    re_path(r"^(?P<rest>[\s\S]*)\Z", unknown_address),
]
