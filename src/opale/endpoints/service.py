"""The API as one object: its parser, answers, document and errors."""

import json
from collections.abc import Callable, Hashable, Iterator
from functools import wraps
from typing import Any, cast, get_args

from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.urls import URLPattern, URLResolver
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router, Schema
from ninja.errors import HttpError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from pydantic import BaseModel

from opale.endpoints import idempotency, openapi, problems
from opale.endpoints.auth import may
from opale.endpoints.preconditions import etag_of_content
from opale.endpoints.problems import LIMITED, Problem
from opale.kernel.errors import Invalid, NotFound
from opale.kernel.text_limits import LONGEST_VALUE

Run = Callable[..., HttpResponse]


class StrictParser(Parser):
    """Parser that refuses what PostgreSQL cannot hold (NUL, half a surrogate pair) and what is no
    JSON.
    """

    def parse_body(self, request: HttpRequest) -> Any:
        body = json.loads(request.body, parse_constant=_no_constant)
        if b"\\u" in request.body or b"\x00" in request.body:
            _storable(json.dumps(body, ensure_ascii=False).replace("\\u0000", "\x00"))
        if len(request.body) > LONGEST_VALUE:
            _refuse_endless(body)
        return body

    def parse_querydict(
        self, data: Any, list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        if isinstance(data, QueryDict):
            _storable("".join(value for _name, values in data.lists() for value in values))
        parsed: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return parsed


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _refuse_endless(body: object, place: str = "") -> None:
    """Refuse a text that no field is meant for. Errors: Invalid."""
    if isinstance(body, str) and len(body) > LONGEST_VALUE:
        sentence = str(LIMITED["string_too_long"]) % {"limit": LONGEST_VALUE}
        raise Invalid(**{place or "body": sentence})
    inner = body.items() if isinstance(body, dict) else enumerate(_items(body))
    for name, value in inner:
        _refuse_endless(value, f"{place}.{name}" if place else str(name))


def _items(body: object) -> list[object]:
    return body if isinstance(body, list) else []


def _storable(text: str) -> None:
    halves = not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)
    if halves or "\x00" in text:
        raise HttpError(400, _("The text contains a character that cannot be stored."))


def _by_known_names(run: Run) -> Run:
    """Refuse unknown query parameters: an ignored filter would return everything instead.

    And the members of a body where none is taken; those of a body that is taken know their names.
    """
    operation = cast("Operation", run.__self__)  # type: ignore[attr-defined]  # its method
    asked = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = {name for model in asked for name in getattr(model, "__ninja_flatten_map__", ())}
    sources = {model.__ninja_param_source__ for model in operation.models}
    takes_body = bool(sources & {"body", "form", "file"}) or bool(operation.openapi_extra)

    @wraps(run)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        strange, expected = request.GET.keys() - known, known
        if not strange and not takes_body:
            strange, expected = _members(request), set()
        if strange:
            # Actors without the right are refused first, as ever.
            refusal: HttpResponse | None = operation._run_checks(request)  # noqa: SLF001
            return refusal or problems.unknown_names(strange, expected)
        return run(request, **values)

    return guarded


def _members(request: HttpRequest) -> set[str]:
    """Return the names in a JSON object that was sent; none where something else was."""
    if request.content_type != "application/json" or not request.body:
        return set()
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return set()
    return set(sent) if isinstance(sent, dict) else set()


def _refuse_unknown_members(kind: Any, seen: set[Any]) -> None:
    """Have the shapes of a body refuse names that they do not know, those inside of others too.

    The shapes are built at their first use, so that this is before it.
    """
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind in seen:
            return
        seen.add(kind)
        if issubclass(kind, Schema):
            kind.model_config["extra"] = "forbid"
        for field in kind.model_fields.values():
            _refuse_unknown_members(field.annotation, seen)
    for part in get_args(kind):
        _refuse_unknown_members(part, seen)


def _at_an_address_that_can_be(run: Run) -> Run:
    """Answer 404 at an address with a character that no column holds."""

    @wraps(run)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        if any("\x00" in value for value in values.values() if isinstance(value, str)):
            return problems.problem(NotFound())
        return run(request, **values)

    return guarded


def _refusing_as_a_problem(view: Run) -> Run:
    """Answer an unknown method as a problem; the library's answer is plain text."""

    @wraps(view)
    def shaped(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        response = view(request, *args, **values)
        if response.status_code == 405:
            return problems.wrong_method(response.headers.get("Allow", ""))
        return response

    return shaped


class Api(NinjaAPI):
    """NinjaAPI with problems, ETags, idempotency and a documented right for each operation."""

    def __init__(self, **options: Any) -> None:
        super().__init__(auth=may(""), parser=StrictParser(), **options)
        self.documents: dict[Hashable, OpenAPISchema] = {}
        openapi.install()
        self.add_decorator(_by_known_names, mode="view")  # the first: it is given the method
        self.add_decorator(idempotency.idempotent, mode="view")
        self.add_decorator(_at_an_address_that_can_be, mode="view")
        problems.register(self)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found: list[URLResolver | URLPattern] = super()._get_urls()
        seen: set[Any] = set()
        for _path, operation in self.operations():
            for model in operation.models:
                if model.__ninja_param_source__ == "body":
                    _refuse_unknown_members(model, seen)
        for pattern in found:
            if pattern.callback is not None:
                pattern.callback = _refusing_as_a_problem(pattern.callback)
        return found

    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        """Add an ETag to what is read or changed; answer 304 for what the client already has."""
        response: HttpResponse = super().create_response(
            request, data, status=status, temporal_response=temporal_response
        )
        if 200 <= response.status_code < 300:
            tag = response.headers["ETag"] = etag_of_content(response.content)
            known = parse_etags(request.headers.get("If-None-Match", ""))
            if request.method in ("GET", "HEAD") and (tag in known or known == ["*"]):
                return HttpResponse(status=304, headers={"ETag": tag})
        return response

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the function's name: unique in the API, and the name in generated clients."""
        return str(operation.view_func.__name__)

    def operations(self) -> Iterator[tuple[str, Operation]]:
        """Return all operations with their paths below the root of the API."""
        for bound in self._get_bound_routers():
            for path, view in bound.path_operations.items():
                for operation in view.operations:
                    yield f"{bound.prefix}{path}", operation

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return Ninja's document, completed by what all operations have in common here.

        Made once for a process: to describe some hundreds of operations takes seconds.
        """
        asked = (get_language(), *sorted(map(str, options.items())))
        if asked not in self.documents:
            self.documents[asked] = self.described(**options)
        return self.documents[asked]

    def described(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        rights = {self.get_openapi_operation_id(o): right_of(o) for _path, o in self.operations()}
        schemas = schema["components"]["schemas"]
        schemas["Problem"] = Problem.json_schema()
        for methods in schema["paths"].values():
            for method, described in methods.items():
                _complete(described, method, rights.get(described["operationId"], ""))
        return schema


def right_of(operation: Operation) -> str | None:
    """Return the right that opens an operation, "" for any login, None for a public one."""
    for callback in operation.auth_callbacks:
        return str(getattr(callback, "right", ""))
    return None


_HEADERS = {
    "post": (idempotency.HEADER, "Repeating a POST with the same key repeats its answer only."),
    "patch": ("If-Match", "The ETag of what was read: refused with 412 if it has changed since."),
}
_PROBLEM: dict[str, Any] = {
    "description": "A problem",
    "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def _complete(described: dict[str, Any], method: str, right: str | None) -> None:
    described["responses"]["default"] = _PROBLEM
    for status, response in described["responses"].items():
        if status != "default" and int(status) >= 400:
            # A response declared by the operation is kept beside the common ones.
            response.setdefault("content", {}).update(_PROBLEM["content"])
    described["x-right"] = right
    if method in _HEADERS:
        name, purpose = _HEADERS[method]
        parameter = {
            "in": "header",
            "name": name,
            "required": False,
            "schema": {"type": "string"},
            "description": purpose,
        }
        described.setdefault("parameters", []).append(parameter)


def merge(whole: Router, part: Router) -> None:
    """Add a router's operations to another's: an address is looked up in one router alone."""
    for path, view in part.path_operations.items():
        if known := whole.path_operations.get(path):
            known.operations += view.operations
        else:
            whole.path_operations[path] = view
