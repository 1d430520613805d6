"""The table of routes: what the code offers, and what its rows expect.

Each app has its rows in files `tests/routes/*.toml`; a row is

    ["PATCH /api/v1/teams/{team_id}"]      # the verb, and the URL as URLconf or OpenAPI write it
    right = "organisation.edit"            # as the code asks; "known" is any login, or "public"
    body = { name = "Net" }                # JSON for the API, a form for a page; filled in
    query = "q=net"                        # after the "?"
    with = { team_id = "closed_team_id" }  # another thing than the one named like the parameter
    htmx = true                            # asked for by htmx
    200 = "administrator"                  # status -> personas and groups of personas
    401 = "anonymous"
    403 = "others"                         # whoever is not named in another status

Groups: `employees` (every function), `staff` (employees but `employee` and `group_colleague`),
`contacts` (of the customer and of the foreign one), `everyone`, `others`. Parameters are filled
from `subjects.py`. A verb of a page without row must be refused with 405.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from tests.personas import (
    ANONYMOUS_VISITOR,
    CONTACT,
    FOREIGN_CONTACT,
    FUNCTIONS,
    NAMES,
)

import opale
from opale.api.urls import api
from opale.endpoints.service import right_of

API_ROOT = "api/v1/"
TMF_ROOT = "tmf-api/"
PACKAGE = Path(opale.__file__).parent
PARAMETER = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")

EMPLOYEES = frozenset(map(str, FUNCTIONS))
GROUPS: Mapping[str, frozenset[str]] = {
    "everyone": frozenset(NAMES),
    "employees": EMPLOYEES,
    "staff": EMPLOYEES - {"employee", "group_colleague"},
    "contacts": frozenset({CONTACT, FOREIGN_CONTACT}),
    **{name: frozenset({name}) for name in NAMES},
}
assert ANONYMOUS_VISITOR in GROUPS


@dataclass(frozen=True)
class Row:
    verb: str
    url: str
    right: str
    expected: Mapping[str, int]
    body: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    named: Mapping[str, str] = field(default_factory=dict)
    htmx: bool = False

    @property
    def name(self) -> str:
        return f"{self.verb} {self.url}"

    @property
    def is_api(self) -> bool:
        return self.url.startswith((f"/{API_ROOT}", f"/{TMF_ROOT}"))


@cache
def offered() -> Mapping[str, str]:
    """Every URL of the URLconf and every operation of the OpenAPI document, with its right.

    A page is named by its URL alone: its verbs are said by the table and tried out.
    """
    pages = {f"/{url}": _right_of_view(pattern) for url, pattern in _leaves(get_resolver(), "")}
    found = {url: right for url, right in pages.items() if not _is_operation(url)}
    for path, operation in api.operations():
        path = re.sub(r"{\w+:(\w+)}", r"{\1}", path)
        for verb in operation.methods:
            right = right_of(operation)
            found[f"{verb} /{API_ROOT}{path.lstrip('/')}"] = _named(right)
    return found


def _is_operation(url: str) -> bool:
    own = {f"/{API_ROOT}{rest}" for rest in ("", "docs", "openapi.json", "<rest>")}
    return url.startswith(f"/{API_ROOT}") and url not in own


def _leaves(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = before + _route(entry)
        if isinstance(entry, URLResolver):
            yield from _leaves(entry, route)
        else:
            yield route, entry


def _route(entry: URLPattern | URLResolver) -> str:
    """A `path()` as it is written; a `re_path()` of a library with its groups as parameters."""
    text = str(entry.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    return re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)", r"<\1>", text)


def _right_of_view(pattern: URLPattern) -> str:
    view: Any = pattern.callback
    while view is not None:
        if hasattr(view, "right"):
            return _named(view.right)
        view = getattr(view, "__wrapped__", None)
    return "public"


def _named(right: str | None) -> str:
    return "public" if right is None else right or "known"


@cache
def rows() -> Mapping[str, Row]:
    found: dict[str, Row] = {}
    for file in sorted(PACKAGE.rglob("tests/routes/*.toml")):
        for name, content in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if name in found:
                raise AssertionError(f"{file.name}: a second row for {name}")
            found[name] = _row(name, content)
    return found


def _row(name: str, content: Mapping[str, Any]) -> Row:
    verb, _, url = name.partition(" ")
    expected: dict[str, int] = {}
    statuses = {int(key): value for key, value in content.items() if key.isdigit()}
    rest = [status for status, who in statuses.items() if who == "others"]
    for status, who in statuses.items():
        for group in [who] if isinstance(who, str) else who:
            for persona in GROUPS[group] if group != "others" else ():
                if persona in expected:
                    raise AssertionError(f"{name}: {persona} is expected twice")
                expected[persona] = status
    for persona in set(NAMES) - set(expected):
        if len(rest) != 1:
            raise AssertionError(f"{name}: nothing is expected for {persona}")
        expected[persona] = rest[0]
    return Row(
        verb,
        url,
        content["right"],
        expected,
        content.get("body", {}),
        content.get("query", ""),
        content.get("with", {}),
        content.get("htmx", False),
    )


def filled(text: str, things: Mapping[str, object], named: Mapping[str, str]) -> str:
    """The URL or text with its parameters replaced by what they name in the house."""
    return PARAMETER.sub(lambda p: str(things[named.get(p[1], p[1])]), text)


def filled_body(body: Any, things: Mapping[str, object]) -> Any:
    if isinstance(body, str):
        whole = PARAMETER.fullmatch(body)
        return things[whole[1]] if whole else filled(body, things, {})
    if isinstance(body, Mapping):
        return {name: filled_body(value, things) for name, value in body.items()}
    if isinstance(body, list):
        return [filled_body(value, things) for value in body]
    return body
