"""No odd value is a failure: what a page, an endpoint or an act cannot use it ignores or refuses.

With `--thorough` five functions send to every route what nobody means: in each parameter that it
reads, in each field of what is sent, and in its address; with OPALE_FUZZ=whole each value in each
of them. Without, what once failed is sent again.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote
from zlib import crc32

import pytest
from django.http import QueryDict
from django.http.response import HttpResponseBase
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.house import House, standing
from tests.architecture.route_table import API_ROOT, PARAMETER, Row, rows
from tests.profiles import is_thorough

from opale.api.urls import api
from opale.web import search

ASKED_BY = ("administrator", "service_manager", "desk_agent", "employee", "customer_contact")
GROUPS = 2
SHARE = 1 if os.environ.get("OPALE_FUZZ") == "whole" else 5
"""Of the pairs of a name and a value, one in so many is tried: all of them take hours."""
TEXTS = (
    *("", "a", "0", "-1", "99999999999999999999", "²", "٣", "1e400", "NaN"),
    *("0001-01-01", "9999-12-31", "9999-12", "0001-01", "2026-02-30", "0001-01-01T00:00+14:00"),
    *("\x00", "'\"%s%%", "[]", "\u202e", "x" * 3_000),
)
"""What people type into an address, and programs into a query."""
VALUES: Sequence[Any] = (
    *TEXTS,
    None,
    True,
    -1,
    10**20,
    1.5,
    [],
    [None],
    {},
    {"a": "\x00"},
    "\ud800",
)
"""What programs write into the body of a request."""
PLACES = ("0", "9223372036854775807", "9223372036854775808", "99999999999999999999")
NAMES = ("²", "%00", "x" * 300, "a%0Ab")
"""What an address has in place of a number, and of a name."""
OF_DICTIONARIES = ("items", "keys", "values", "get", "copy", "lists")
"""Templates find the parameter of such a name before the method of the dictionary."""


WITHOUT_ONE: Mapping[str, frozenset[str]] = {
    "GET /api/v1/alerts": frozenset({"item_id", "service_id", "customer_id"})
}
"""Filters of which 0 means the rows that have none, as their documentation says."""


@contextmanager
def names_read() -> Iterator[set[str]]:
    """Collect the names of parameters that are looked for in what was sent."""
    found: set[str] = set()
    with pytest.MonkeyPatch.context() as patched:
        for method in ("__getitem__", "getlist", "__contains__"):
            read: Any = getattr(QueryDict, method)

            def noted(
                sent: QueryDict, name: Any, *rest: Any, _read: Any = read, **more: Any
            ) -> Any:
                if isinstance(name, str):
                    found.add(name)
                return _read(sent, name, *rest, **more)

            patched.setattr(QueryDict, method, noted)
        yield found


@cache
def declared() -> Mapping[str, tuple[Sequence[str], Sequence[str]]]:
    """Return the parameters and the fields of the body of each operation, by its row."""
    found = {}
    for path, operation in api.operations():
        of: dict[str, list[str]] = {"query": [], "body": []}
        for model in operation.models:
            names = getattr(model, "__ninja_flatten_map__", {})
            of.setdefault(model.__ninja_param_source__, []).extend(names)
        for verb in operation.methods:
            at = f"{verb} /{API_ROOT}{path.lstrip('/')}".replace("{int:", "{").replace("{str:", "{")
            found[at] = (of["query"], of["body"])
    return found


def failure(house: House, name: str, row: Row) -> str:
    """Return how a request failed, "" where it was answered."""
    try:
        response: HttpResponseBase = house.ask(name, row, known=True)
        if response.streaming and not response.is_async:  # type: ignore[attr-defined]  # of a stream
            for _part in response.streaming_content:  # type: ignore[attr-defined]  # of a stream
                pass
    except Exception as error:  # noqa: BLE001 - whatever it is would be an answer of 500
        return f"{type(error).__name__}: {str(error)[:200]}"
    return str(response.status_code) if response.status_code >= 500 else ""


def whoever_may(row: Row) -> Sequence[str]:
    return [name for name in ASKED_BY if row.expected[name] < 400] or ASKED_BY[:1]


def read_by(house: House, row: Row) -> Sequence[str]:
    """Return the names of what a page reads of its address, or of what is sent to it."""
    with names_read() as found:
        for name in whoever_may(row):
            failure(house, name, row)
    return sorted((found | set(OF_DICTIONARIES)) - {"csrfmiddlewaretoken"})


def with_query(row: Row, sent: Mapping[str, str]) -> Row:
    pairs = "&".join(f"{name}={quote(value)}" for name, value in sent.items())
    return replace(row, query=f"{row.query}&{pairs}" if row.query else pairs)


def is_tried(row: Row, name: str, value: object) -> bool:
    """Return whether a value is tried in one name: the same ones in each run."""
    return crc32(f"{row.name} {name} {value!r}".encode(errors="replace")) % SHARE == 0


def odd_requests(house: House, row: Row) -> Iterator[tuple[str, Row]]:
    """Yield what is odd of each request, and the request."""
    for parameter in PARAMETER.finditer(row.url):
        for value in PLACES if "int:" in parameter[0] or row.is_api else NAMES:
            yield (
                f"{parameter[1]}={value[:30]}",
                replace(row, url=row.url.replace(parameter[0], value)),
            )
    query, body = declared().get(row.name, ((), ()))
    read = () if row.name in declared() else read_by(house, row)
    names = query or (read if row.verb == "GET" else ())
    for value in TEXTS:
        yield f"all={value[:30]!r}", with_query(row, dict.fromkeys(names, value))
        for name in names:
            if is_tried(row, name, value):
                yield f"{name}={value[:30]!r}", with_query(row, {name: value})
    fields = body or (read if row.verb != "GET" else ())
    if not fields or not isinstance(row.body, Mapping):
        return
    for sent in VALUES if row.is_api else TEXTS:
        for name in fields:
            if is_tried(row, name, sent):
                yield f"{name}: {str(sent)[:30]!r}", replace(row, body={**row.body, name: sent})


def failures(house: House, row: Row) -> dict[str, str]:
    """Return how a route failed, by what was odd and who asked."""
    found = {}
    asking = whoever_may(row)
    for odd, request in odd_requests(house, row):
        turn = crc32(f"{row.name} {odd}".encode(errors="replace")) % len(asking)
        if failed := failure(house, asking[turn], request):
            found[f"{asking[turn]}: {odd}"] = failed
    return found


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


def shared_out(found: Iterable[Row]) -> list[Any]:
    return [
        pytest.param(one, marks=pytest.mark.xdist_group(f"odd-{at % GROUPS}"))
        for at, one in enumerate(found)
    ]


TRIED = shared_out(rows().values() if is_thorough() else ())
"""Some eighty requests go to each of them."""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", TRIED, ids=lambda row: row.name)
def test_no_odd_value_is_a_failure(row: Row, house: House) -> None:
    assert failures(house, row) == {}


@dataclass(frozen=True)
class Odd:
    """One request that once failed."""

    row: str
    query: str = ""
    body: Mapping[str, Any] | None = None
    url: str = ""
    by: str = "administrator"

    def __str__(self) -> str:
        said = f"{self.row} {self.url} {self.query} {self.body or ''}"
        return said[:120]

    def request(self) -> Row:
        row = rows()[self.row]
        sent = row.body if self.body is None else {**row.body, **self.body}
        return replace(row, query=self.query or row.query, body=sent, url=self.url or row.url)


FAILED_ONCE = (
    Odd("GET /api/v1/tickets", "order=queue", by="customer_contact"),
    Odd("GET /api/v1/teams/{team_id}/staffing", "since=9999-12-31"),
    Odd("GET /api/v1/teams/{team_id}/staffing", "since=0001-01-01"),
    Odd("GET /api/v1/paging/slips", "until=9999-12-31", by="employee"),
    Odd("GET /paging/slips/", "month=0001-01"),
    Odd("GET /paging/slips/payroll.csv", "month=9999-12"),
    Odd("GET /tickets/like/", "item=99999999999999999999&subject=abc", by="desk_agent"),
    *(
        Odd(f"GET {url}", f"{name}=a")
        for url in ("/search/", "/designs/", "/calls/", "/projects/", "/orders/", "/customers/")
        for name in ("items", "keys", "get")
    ),
    Odd("POST /shifts/teams/<int:team_id>/publication/", body={"until": "9999-12-31"}),
    Odd("POST /shifts/teams/<int:team_id>/withdrawal/", body={"until": "9999-12-31"}),
    *(
        Odd("GET /tickets/like/", f"{name}=²&subject=a%00b", by="desk_agent")
        for name in ("customer", "service", "item")
    ),
    Odd("GET /desk/merging/", "n=²", by="desk_agent"),
    Odd("GET /customers/pick/", "q=a%00b"),
    Odd("GET /customers/pick/person/", "q=%00"),
    Odd("GET /customers/<str:code>/", url="/customers/%00/"),
    Odd("GET /services/<str:reference>/", url="/services/a%00b/", by="customer_contact"),
    Odd("GET /orders/<int:order_number>/lines/<line_name:line_name>/", url="/orders/1/lines/%00/"),
    Odd("POST /ui/theme/", body={"next": "a"}, by="customer_contact"),
    Odd("POST /ui/language/", body={"next": "²"}),
    Odd("POST /mail-in/mailboxes/<int:mailbox_id>/edit/", body={"port": "9" * 20}),
    Odd("GET /api/v1/search", f"q=vpn&customer_id={'9' * 20}", by="employee"),
    Odd("POST /desk/views/<int:view_id>/", body={"name": "a\x00b"}, by="desk_agent"),
    Odd("POST /tickets/<int:number>/tags/", body={"tags": "a\x00b"}, by="desk_agent"),
    Odd("POST /tickets/<int:number>/references/", body={"reference": "a\x00b"}, by="desk_agent"),
    Odd("POST /tickets/<int:number>/references/", body={"reference": "x" * 3_000}, by="desk_agent"),
)


@pytest.mark.xdist_group("odd-0")
@pytest.mark.parametrize("odd", FAILED_ONCE, ids=str)
def test_what_once_failed_is_answered(odd: Odd, house: House) -> None:
    assert failure(house, odd.by, odd.request()) == ""


@pytest.mark.xdist_group("odd-0")
def test_the_key_zero_names_no_row(house: House) -> None:
    """A list narrowed by it is empty: it is not taken for a filter that is left out."""
    asked, wide = 0, set()
    for name, row in rows().items():
        if row.verb != "GET":
            continue
        keys = [one for one in declared().get(name, ((), ()))[0] if one.endswith("_id")]
        for key in set(keys) - WITHOUT_ONE.get(name, frozenset()):
            asked += 1
            answer: Any = house.ask("administrator", replace(row, query=f"{key}=0"), known=True)
            found = answer.json() if answer.status_code == 200 else []
            if found.get("items") if isinstance(found, dict) else found:
                wide.add(f"{name}?{key}=0")
    assert asked > 20
    assert wide == set()


@pytest.mark.xdist_group("odd-0")
def test_a_page_that_fails_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    row = rows()["GET /search/"]
    asked = with_query(row, {"q": "²"})
    assert failure(house, "administrator", asked) == ""

    def broken(text: str) -> None:
        int(text)

    monkeypatch.setattr(search, "parse_query", broken)
    assert "ValueError" in failure(house, "administrator", asked)
