"""Alerta's filters as conditions of ours: members of the query, dates, order, pages.

Source: alerta/database/backends/postgres/utils.py of alerta-server 9.1.0.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from django.db.models import F, JSONField, Q, TextField, Value
from django.db.models.fields.json import DataContains, HasKey, KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact, IContains, IRegex

from opale.connectors.alerta.errors import AlertaError
from opale.connectors.alerta.identifiers import number_in
from opale.connectors.alerta.serializers import ALERT
from opale.connectors.alerta.vocabulary import CLEARS, CLOSED_SHOWN_SECONDS, OVER, STATUSES
from opale.kernel.actor import Actor
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.ports.timestamps import parse_timestamp
from opale.run.events.queries import alerts
from opale.run.events.states import AlertState

Params = Mapping[str, Sequence[str]]
IN_LABELS: Final = ("resource", "event", "environment", "group", "origin", "customer")
IN_RAW: Final = ("value", "type")
LISTS: Final = {"service": "service", "tag": "tags", "tags": "tags", "correlate": "correlate"}
NO_FILTERS: Final = frozenset(
    {"_", "callback", "token", "api-key", "q", "q.df", "id", "from-date", "to-date", "sort-by"}
    | {"group-by", "page", "page-size", "limit", "show-raw-data", "show-history", "reverse"}
)
SORTS: Final = {
    **{name: f"labels__{name}" for name in IN_LABELS},
    "severity": "-severity",
    "status": "state",
    "value": "value_said",
    "text": "text",
    "service": "service_said",
    "createTime": "-source_at",
    "receiveTime": "-first_received_at",
    "lastReceiveTime": "-last_received_at",
    "updateTime": "-last_received_at",
    "duplicateCount": "count",
}
LARGEST_PAGE: Final = 1_000
MAX_IDS: Final = 1_000
NOTHING: Final = Q(pk__in=())

Condition = Callable[[str], Q]
"""Returns the condition that something is equal to this text, holds it, or fits it."""


@dataclass(frozen=True, slots=True)
class Field:
    """The conditions on one of Alerta's fields."""

    equal: Condition
    holds: Condition
    fits: Condition


def filter_alerts(
    params: Params, integration_id: int, *, at: datetime, by: Actor
) -> AlertsQuerySet[Alert]:
    """Return the alerts of the integration that the query selects. Errors: AlertaError."""
    rows = alerts.alerts(alerts.AlertFilters(integration_id=integration_id), seen_by=by)
    ids = params.get("id", ())
    if ids:
        return rows.filter(_ids(ids))
    shown_since = at - timedelta(seconds=CLOSED_SHOWN_SECONDS)
    lately = Q(state=AlertState.CLOSED, closed_at__gte=shown_since)
    conditions = [~Q(state=AlertState.CLOSED) | lately]
    for name, lookup in (("from-date", "gt"), ("to-date", "lte")):
        if (text := first_param(params, name)) and (moment := _moment(text)) is not None:
            conditions.append(Q(**{f"last_received_at__{lookup}": moment}))
    for name, values in params.items():
        if name not in NO_FILTERS:
            conditions.append(_filter(name, values))
    return rows.filter(reduce(and_, conditions))


def order_alerts(rows: AlertsQuerySet[Alert], params: Params) -> AlertsQuerySet[Alert]:
    """Return the rows in the order asked for. Errors: AlertaError."""
    order = []
    for name in params.get("sort-by", ()):
        column = SORTS.get(name.removeprefix("-"))
        if column is None:
            raise AlertaError(400, f"Sorting by '{name.removeprefix('-')}' field not supported.")
        turned = name.startswith("-")
        order.append(column if not turned else _turned(column))
    said = {f"{name}_said": KeyTextTransform(name, "raw") for name in ("value", "service")}
    return rows.alias(**said).order_by(*(order or ["-last_received_at"]), "-id")


def first_param(params: Params, name: str, default: str = "") -> str:
    values = params.get(name)
    return values[0] if values else default


def number_param(params: Params, name: str, default: int) -> int:
    text = first_param(params, name)
    return int(text) if text.isdecimal() and len(text) < 10 else default


def get_field(name: str) -> Field:
    """Return the field of that name. Errors: AlertaError."""
    if name in IN_LABELS:
        return _column("labels", name)
    if name in IN_RAW:
        return _column("raw", name)
    if name == "text":
        return _column("text")
    if name == "severity":
        return Field(severity_is, _severity_holds, _severity_holds)
    if name == "status":
        return Field(status_is, _status_holds, _status_holds)
    if name in LISTS:
        return _list(LISTS[name])
    space, _, key = name.partition(".")
    if space in ("attributes", "_") and key:
        return _attribute(key)
    raise AlertaError(400, f"Invalid filter parameter: {name}")


def status_is(word: str) -> Q:
    standing = Q(state=AlertState.OPEN)
    conditions = {
        "closed": Q(state__in=OVER),
        "ack": Q(state=AlertState.ACKNOWLEDGED),
        "shelved": Q(state=AlertState.SHELVED),
        "blackout": standing & Q(silence__isnull=False),
        "assign": standing & Q(silence=None, owner__isnull=False),
        "open": standing & Q(silence=None, owner=None),
    }
    return conditions.get(word, NOTHING)


def severity_is(word: str) -> Q:
    if word in CLEARS:
        return Q(state__in=OVER)
    return ~Q(state__in=OVER) & _column("raw", "severity").equal(word)


def _status_holds(part: str) -> Q:
    words = [word for word in STATUSES if part.lower() in word]
    return reduce(or_, map(status_is, words), NOTHING)


def _severity_holds(part: str) -> Q:
    over = Q(state__in=OVER) if any(part.lower() in word for word in CLEARS) else NOTHING
    return over | ~Q(state__in=OVER) & _column("raw", "severity").holds(part)


def _column(column: str, *keys: str) -> Field:
    """Return the field for a column, or for its member under these keys, as a text."""
    held: Any = F(column)
    for key in keys:
        held = KeyTextTransform(key, held) if key == keys[-1] else KeyTransform(key, held)
    held = Coalesce(held, Value(""), output_field=TextField())
    return Field(
        lambda text: Q(Exact(held, text)),
        lambda text: Q(IContains(held, text)),
        lambda text: Q(IRegex(held, text)),
    )


def has_key(name: str, key: str) -> Q:
    """Return the condition that a member of the raw event has this key."""
    return Q(HasKey(_member("raw", name), key))


def _member(column: str, name: str) -> Cast:
    """Return a member of the raw event as `jsonb`, which allows more than its text."""
    return Cast(KeyTransform(name, column), JSONField())


def _list(name: str) -> Field:
    def has(text: str) -> Q:
        among = Q(DataContains(_member("raw", name), [text]))
        return among | Q(marks__tags__contains=[text]) if name == "tags" else among

    return Field(has, _column("raw", name).holds, has)


def _attribute(key: str) -> Field:
    raw, marks = _column("raw", "attributes", key), _column("marks", "attributes", key)
    return Field(
        lambda text: raw.equal(text) | marks.equal(text),
        lambda text: raw.holds(text) | marks.holds(text),
        lambda text: raw.fits(text) | marks.fits(text),
    )


def _filter(name: str, values: Sequence[str]) -> Q:
    """Return the condition of one member of the query; several values are alternatives."""
    denied = name.endswith("!")
    field = get_field(name.removesuffix("!"))
    ways = [field.holds(v[1:]) if v.startswith("~") else field.equal(v) for v in values]
    either = reduce(or_, ways, NOTHING)
    return ~either if denied else either


def _ids(ids: Sequence[str]) -> Q:
    numbers = [number_in(ALERT, text) for text in ids[:MAX_IDS]]
    return Q(pk__in=[number for number in numbers if number is not None])


def _moment(text: str) -> datetime | None:
    try:
        return parse_timestamp(text)
    except ValueError:
        return None


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"
