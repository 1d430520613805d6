"""Addresses of orders in both APIs."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from opale.delivery.orders.api.cancellations import cancellation, cancellations
from opale.delivery.orders.api.hub import hub, hubs
from opale.delivery.orders.api.resources import PRODUCT_ORDERS, SERVICE_ORDERS, OpenApi
from opale.delivery.orders.api.views import collection, single


def _addresses(api: OpenApi) -> Iterator[URLPattern]:
    yield path(f"{api.base}/{api.name}", collection(api), name=f"tmf_{api.name}s")
    yield path(f"{api.base}/{api.name}/<str:order_id>", single(api), name=f"tmf_{api.name}")
    yield path(f"{api.base}/{api.task}", cancellations(api), name=f"tmf_{api.task}s")
    yield path(f"{api.base}/{api.task}/<str:task_id>", cancellation(api), name=f"tmf_{api.task}")
    yield path(f"{api.base}/hub", hubs(api), name=f"tmf_{api.name}_hubs")
    yield path(f"{api.base}/hub/<str:hub_id>", hub(api), name=f"tmf_{api.name}_hub")


urlpatterns = [*_addresses(PRODUCT_ORDERS), *_addresses(SERVICE_ORDERS)]
