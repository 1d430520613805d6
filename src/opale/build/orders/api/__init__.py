"""Orders for programs: TM Forum's Product Ordering (TMF622) and Service Ordering (TMF641), v4."""

from opale.build.orders.api.importing import router
from opale.build.orders.api.urls import urlpatterns

__all__ = ["router", "urlpatterns"]
