"""Lists and counts of the alerts that a client's query selects."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from opale.connectors.alerta.api_request import AlertaRequest, json_reply, ok_reply
from opale.connectors.alerta.errors import AlertaError
from opale.connectors.alerta.filters import (
    LARGEST_PAGE,
    filter_alerts,
    first_param,
    number_param,
    order_alerts,
)
from opale.connectors.alerta.identifiers import uuid_of
from opale.connectors.alerta.query_language import parse_query
from opale.connectors.alerta.serializers import (
    ALERT,
    MAX_EVENTS,
    AlertCourse,
    alert_body,
    alert_history,
    iso,
    note_body,
    status_of,
)
from opale.connectors.alerta.vocabulary import NORMAL, OVER
from opale.run.events.domain.deliveries import Reply
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.queries.received_events import newest_events

DEFAULT_PAGE: Final = 1_000
MAX_COUNTED: Final = 10_000
"""The most alerts, newest first, that top tens and lists of words read."""


def matching_alerts(asked: AlertaRequest) -> AlertsQuerySet[Alert]:
    """Return the alerts of the query. Errors: AlertaError."""
    rows = filter_alerts(asked.params, asked.integration_id, at=asked.at, by=asked.by)
    if query := first_param(asked.params, "q"):
        rows = rows.filter(parse_query(query, first_param(asked.params, "q.df")))
    return rows


def get_alert(asked: AlertaRequest) -> Reply:
    alert = asked.alert()
    events = newest_events([alert], MAX_EVENTS)
    return ok_reply(total=1, alert=alert_body(alert, events[alert.pk], asked.endpoint))


def list_alerts(asked: AlertaRequest) -> Reply:
    rows = matching_alerts(asked)
    counts = _counts(rows)
    page = _Page(asked, sum(counts["severityCounts"].values()))
    shown = list(order_alerts(rows, asked.params)[page.first : page.first + page.size])
    events = newest_events(shown, MAX_EVENTS)
    bodies = [
        alert_body(
            alert,
            events[alert.pk],
            asked.endpoint,
            history=asked.flag("show-history"),
            raw_data=asked.flag("show-raw-data"),
        )
        for alert in shown
    ]
    newest = max((alert.last_received_at for alert in shown), default=asked.at)
    said = {} if bodies else {"message": "not found"}
    return ok_reply(
        **said,
        **page.body(),
        **counts,
        alerts=bodies,
        total=page.total,
        lastTime=iso(newest),
        autoRefresh=True,
    )


def count_alerts(asked: AlertaRequest) -> Reply:
    counts = _counts(matching_alerts(asked))
    return ok_reply(total=sum(counts["severityCounts"].values()), autoRefresh=True, **counts)


def list_history(asked: AlertaRequest) -> Reply:
    page = _Page(asked, 0, default=100)
    rows = matching_alerts(asked).order_by("-last_received_at", "-id")
    shown = list(rows[: min(page.first + page.size, LARGEST_PAGE)])
    events = newest_events(shown, MAX_EVENTS)
    entries = [
        {**_place(alert), **entry}
        for alert in shown
        for entry in alert_history(alert, AlertCourse.of(alert, events[alert.pk]), asked.endpoint)
    ]
    entries.sort(key=lambda entry: str(entry["updateTime"]), reverse=True)
    entries = entries[page.first : page.first + page.size]
    return _listed("history", entries)


def list_notes(asked: AlertaRequest) -> Reply:
    written = asked.alert().notes.order_by("-at", "-id")[:LARGEST_PAGE]
    return _listed("notes", [note_body(note) for note in written])


def list_top(asked: AlertaRequest) -> Reply:
    """Answer by event (or `group-by`): the most alerts, the most changes, or the longest active."""
    group = first_param(asked.params, "group-by", "event")
    if group not in ("event", "resource", "environment", "group", "origin", "customer"):
        raise AlertaError(400, f"Grouping by '{group}' field not supported.")
    weigh = WEIGHTS[asked.parts["kind"]]
    groups: dict[str, list[Alert]] = defaultdict(list)
    for alert in _newest(matching_alerts(asked)):
        groups[str(alert.labels.get(group, ""))].append(alert)
    weighed = {name: sum(weigh(alert, asked.at) for alert in of) for name, of in groups.items()}
    names = sorted(groups, key=lambda name: (-weighed[name], name))
    size = number_param(asked.params, "page-size", 10)
    ten = [
        {
            "count": len(groups[name]),
            "duplicateCount": sum(alert.count - 1 for alert in groups[name]),
            "environments": sorted({alert.labels.get("environment", "") for alert in groups[name]}),
            "services": sorted({word for alert in groups[name] for word in services_of(alert)}),
            group: name,
            "resources": [_resource(alert, asked.endpoint) for alert in groups[name]],
        }
        for name in names[:size]
        if weighed[name] > 0
    ]
    return _listed("top10", ten)


def list_environments(asked: AlertaRequest) -> Reply:
    grouped = _grouped(asked, lambda alert: [()])
    listed = [{"environment": key[0], **counts} for key, counts in grouped]
    page = _Page(asked, len(listed))
    return ok_reply(environments=listed, total=len(listed), **page.body())


def list_words(asked: AlertaRequest) -> Reply:
    """Answer the services, groups or tags of alerts, with their environments."""
    name, member, several = WORD_FIELDS[asked.parts["words"]]
    grouped = _grouped(asked, lambda alert: [(word,) for word in several(alert)])
    return _listed(
        name, [{"environment": key[0], member: key[1], **counts} for key, counts in grouped]
    )


def services_of(alert: Alert) -> list[str]:
    return [str(word) for word in alert.raw.get("service") or ()]


def _tags_of(alert: Alert) -> list[str]:
    marks = alert.marks or {}
    tags = {str(tag) for tag in alert.raw.get("tags") or ()} | set(marks.get("tags", ()))
    return sorted(tags - set(marks.get("without", ())))


WORD_FIELDS: Final[Mapping[str, tuple[str, str, Callable[[Alert], list[str]]]]] = {
    "services": ("services", "service", services_of),
    "alerts/groups": ("groups", "group", lambda alert: [str(alert.labels.get("group", "Misc"))]),
    "alerts/tags": ("tags", "tag", _tags_of),
}
WEIGHTS: Final[Mapping[str, Callable[[Alert, datetime], float]]] = {
    "count": lambda _alert, _at: 1,
    "flapping": lambda alert, _at: len(alert.openings or ()) - 1,
    "standing": lambda alert, at: max(
        ((alert.cleared_at or alert.closed_at or at) - alert.started_at) / timedelta(seconds=1), 1
    ),
}


class _Page:
    """A page of a list. Errors: AlertaError (there is no such page)."""

    def __init__(self, asked: AlertaRequest, total: int, default: int = DEFAULT_PAGE) -> None:
        size = number_param(asked.params, "page-size", number_param(asked.params, "limit", default))
        self.total = total
        self.size = min(size or default, LARGEST_PAGE)
        self.page = number_param(asked.params, "page", 1)
        self.pages = (total - 1) // self.size + 1
        if self.page < 1 or (total and self.page > self.pages):
            raise AlertaError(416, f"page out of range: 1-{self.pages}")
        self.first = (self.page - 1) * self.size

    def body(self) -> dict[str, Any]:
        return {
            "page": self.page,
            "pageSize": self.size,
            "pages": self.pages,
            "more": self.page < self.pages,
        }


def _listed(name: str, entries: Sequence[Mapping[str, Any]]) -> Reply:
    said = {} if entries else {"message": "not found"}
    return json_reply({"status": "ok", **said, name: entries, "total": len(entries)})


def _counts(rows: AlertsQuerySet[Alert]) -> dict[str, dict[str, int]]:
    severities: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    severity = KeyTextTransform("severity", "raw")
    grouped = rows.order_by().values_list("state", "silence", "owner", severity)
    for state, silence, owner, word, n in grouped.annotate(n=Count("pk")):
        statuses[status_of(Alert(state=state, silence_id=silence, owner_id=owner))] += n
        severities[NORMAL if state in OVER else str(word)] += n
    return {"severityCounts": dict(severities), "statusCounts": dict(statuses)}


def _grouped(
    asked: AlertaRequest, keys_of: Callable[[Alert], Iterable[tuple[str, ...]]]
) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    severities: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    statuses: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for alert in _newest(matching_alerts(asked)):
        word = NORMAL if alert.state in OVER else str(alert.raw.get("severity") or NORMAL)
        for key in keys_of(alert):
            whole = (str(alert.labels.get("environment", "")), *key)
            severities[whole][word] += 1
            statuses[whole][status_of(alert)] += 1
    return [
        (
            key,
            {
                "count": severities[key].total(),
                "severityCounts": dict(severities[key]),
                "statusCounts": dict(statuses[key]),
            },
        )
        for key in sorted(severities)
    ]


def _newest(rows: AlertsQuerySet[Alert]) -> Iterable[Alert]:
    return rows.select_related(None).order_by("-last_received_at", "-id")[:MAX_COUNTED]


def _place(alert: Alert) -> dict[str, Any]:
    return {
        "resource": alert.labels.get("resource"),
        "environment": alert.labels.get("environment", ""),
        "service": services_of(alert),
        "group": alert.labels.get("group", "Misc"),
        "tags": _tags_of(alert),
        "attributes": dict(alert.raw.get("attributes") or {}),
        "origin": alert.labels.get("origin"),
        "customer": alert.labels.get("customer"),
    }


def _resource(alert: Alert, endpoint: str) -> dict[str, str]:
    id_ = uuid_of(ALERT, alert.pk)
    resource = str(alert.labels.get("resource", ""))
    return {"id": id_, "resource": resource, "href": f"{endpoint}/alert/{id_}"}
