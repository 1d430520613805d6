"""The API: the routers of every app's `api`, found by themselves."""

from collections.abc import Iterator
from types import ModuleType

from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import Router

from opale.api import exchange, search
from opale.endpoints.problems import problem
from opale.endpoints.service import Api
from opale.kernel.discovery import app_modules, submodules
from opale.kernel.errors import NotFound

api = Api(
    title="Opale",
    version="1",
    description=(
        "The API of Opale. Lists are paged by `limit` and `after`; problems have a stable `code`; "
        "send `Idempotency-Key` with a POST and `If-Match` with a PATCH."
    ),
    urls_namespace="api",
    openapi_url="/openapi.json",
    docs_url="/docs",
)


def routers_of(module: ModuleType) -> Iterator[Router]:
    """Yield the router of an app's `api`; where that is a package without one, of its modules."""
    for part in [module] if hasattr(module, "router") else submodules(module):
        if hasattr(part, "router"):
            yield part.router


for config, module in app_modules("api"):
    for router in routers_of(module):
        router.tags = router.tags or [config.label]
        api.add_router("", router)
for part in (exchange, search):
    api.add_router("", part.router)


def nothing_here(request: HttpRequest, rest: str) -> JsonResponse:
    return problem(NotFound())


urlpatterns = [path("", api.urls), re_path(r"^(?P<rest>[\s\S]+)\Z", csrf_exempt(nothing_here))]
