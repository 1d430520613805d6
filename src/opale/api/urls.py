"""URLs of the API: the routers of every app's `api`, discovered."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import AppConfig, apps
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import Router

from opale.acts.endpoints import endpoints
from opale.api import exchange, search
from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.problems import not_authenticated, problem
from opale.endpoints.service import Api, merge
from opale.kernel.discovery import parts_of
from opale.kernel.errors import NotFound


def for_logins(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Show the document of the API, and its page, to whoever has a login or a token."""

    @wraps(view)
    def guarded(request: ActorRequest, **options: Any) -> HttpResponseBase:
        if request.actor.kind == "anonymous" and request.path.endswith(DOCUMENT):
            return not_authenticated()
        return needs("")(view)(request, **options)

    guarded.right = ""  # type: ignore[attr-defined]  # read by the table of routes
    return guarded


DOCUMENT = "/openapi.json"
api = Api(
    title="Opale",
    version="1",
    description=(
        "The API of Opale. Lists are paged by `limit` and `after`; problems have a stable `code`; "
        "send `Idempotency-Key` with a POST and `If-Match` with a PATCH."
    ),
    urls_namespace="api",
    openapi_url=DOCUMENT,
    docs_decorator=for_logins,
    docs_url="/docs",
)


def router_of(config: AppConfig) -> Router:
    """Return one router with an app's endpoints and the acts it declares, at the same addresses.

    An app whose `api` is a package with a `router` has put it together by itself.
    """
    modules = list(parts_of(config, "api", "router"))
    if len(modules) == 1:
        whole: Router = modules[0].router
    else:
        whole = Router(tags=[config.label])
        for module in modules:
            merge(whole, module.router)
    for module in parts_of(config, "acts", "ACTS"):
        endpoints(whole, module.ACTS)
    return whole


for config in apps.get_app_configs():
    if config.name.startswith("opale."):
        api.add_router("", router_of(config))
for part in (exchange, search):
    api.add_router("", part.router)


def nothing_here(request: HttpRequest, rest: str) -> JsonResponse:
    return problem(NotFound())


urlpatterns = [path("", api.urls), re_path(r"^(?P<rest>[\s\S]+)\Z", csrf_exempt(nothing_here))]
