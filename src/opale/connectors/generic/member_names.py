"""The names that tools give to the members of an event, for bodies that nobody has mapped.

Names are compared without case, underscores and dashes: `AlertName` is `alert_name`. A member is
looked for in the body itself, then in its objects, one level down.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
MAX_OBJECTS: Final = 50
"""Objects of a body that are looked into."""
TITLES: Final = (
    *("title", "alerttitle", "eventtitle", "messagetitle", "problemtitle", "incidenttitle"),
    *("subject", "headline", "summary", "shortdescription", "alertname", "eventname"),
    *("alarmname", "problemname", "incidentname", "triggername", "rulename", "checkname"),
    *("conditionname", "monitorname", "monitorfriendlyname", "policyname", "searchname"),
)
"""Names of nothing but a title: in a body that has one, `message` is no title but a text."""
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": (
        *TITLES,
        *("servicename", "alert", "alarm", "problem", "issue", "incident", "event", "check"),
        *("displayname", "name", "message", "msg", "description", "text", "reason", "detail"),
    ),
    "text": (
        *("text", "description", "longdescription", "details", "detail", "message", "msg", "body"),
        *("reason", "output", "statusmessage", "statemessage", "info", "comment", "summary"),
    ),
    "severity": (
        *("severity", "eventseverity", "alertseverity", "perceivedseverity", "problemseverity"),
        *("criticality", "level", "alertlevel", "priority", "urgency", "importance", "impact"),
    ),
    "state": (
        *("status", "state", "alertstatus", "alertstate", "currentstate", "newstate"),
        *("currentstatus", "newstatus", "eventstatus", "problemstatus", "incidentstatus"),
        *("monitorcondition", "transition", "alerttransition", "notificationtype", "eventaction"),
        *("messagetype", "action"),
    ),
    "host": (
        *("host", "hostname", "fqdn", "sysname", "node", "nodename", "device", "devicename"),
        *("instance", "instancename", "server", "servername", "machine", "computer", "resource"),
        *("resourcename", "entity", "entityname", "target", "agent", "equipment"),
    ),
    "time": (
        *("time", "timestamp", "eventtime", "occurredat", "date", "datetime", "triggeredat"),
        *("firedat", "startedat", "startsat", "createdat", "updatedat", "lastupdated"),
    ),
    "url": (
        *("url", "link", "weburl", "htmlurl", "permalink", "alerturl", "eventurl", "incidenturl"),
        *("problemurl", "issueurl", "ruleurl", "dashboardurl", "detailsurl", "viewurl"),
    ),
    "identity": (
        *("dedupkey", "dedupekey", "deduplicationkey", "incidentkey", "alertkey", "correlationid"),
        *("correlationkey", "incidentid", "problemid", "alertid", "alarmid", "issueid"),
    ),
}
RULE_NAMES: Final = ("checkid", "monitorid", "triggerid", "ruleid", "conditionid", "policyid")
"""Names of what watches: it tells apart the troubles of one host, not the hosts."""
SPEAKING_OBJECTS: Final = frozenset(
    (
        *("alert", "alarm", "event", "incident", "problem", "issue", "check", "monitor"),
        *("trigger", "notification", "data", "payload", "result", "detail", "details"),
    )
)
"""Objects whose state and severity are those of the event: a user or a host has others."""
OF_THE_EVENT: Final = frozenset({"state", "severity", "time"})
OVER: Final = frozenset({"resolved", "isresolved", "recovered", "cleared", "closed"})
GOES_ON: Final = frozenset({"firing", "isfiring", "active", "isactive", "triggered", "alerting"})


def find_member(body: Mapping[str, Any], member: str) -> str:
    """Return the text of that member by the first of its usual names; "" where none is said."""
    objects = _objects(body, speaking=member in OF_THE_EVENT)
    return _first(objects, NAMES[member]) or (_named_host(body) if member == "host" else "")


def find_title(body: Mapping[str, Any]) -> str:
    """Return the title that the body itself names as one; "" for none."""
    return _first([_texts(body)], TITLES)


def find_rule(body: Mapping[str, Any]) -> str:
    """Return the identifier of the check, rule or monitor that speaks; "" where none is said."""
    return _first(_objects(body), RULE_NAMES)


def tells_end(body: Mapping[str, Any]) -> bool | None:
    """Return whether a flag of the body says that the trouble is over; None without one."""
    for name, value in body.items():
        if isinstance(value, bool):
            plain = _plain(name)
            if plain in OVER and value:
                return True
            if plain in GOES_ON:
                return not value
    return None


def as_text(value: Any) -> str:
    """Return a scalar as a text; "" for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def _named_host(body: Mapping[str, Any]) -> str:
    """Return the name of the object that is the host: `{"host": {"name": "web01"}}`."""
    hosts = {_plain(name): value for name, value in body.items() if isinstance(value, dict)}
    named = (hosts[name] for name in NAMES["host"] if name in hosts)
    return next((text for host in named if (text := _texts(host).get("name"))), "")


def _first(objects: Iterable[dict[str, str]], names: tuple[str, ...]) -> str:
    for said in objects:
        for name in names:
            if found := said.get(name, ""):
                return found
    return ""


def _objects(body: Mapping[str, Any], *, speaking: bool = False) -> Iterator[dict[str, str]]:
    """Yield the members of the body, then of its objects; only of those that speak of the event."""
    yield _texts(body)
    inner = [(name, value) for name, value in body.items() if isinstance(value, dict)]
    for name, value in inner[:MAX_OBJECTS]:
        if not speaking or _plain(name) in SPEAKING_OBJECTS:
            yield _texts(value)


def _texts(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts and numbers by their plain names; of two of one name, the first."""
    found: dict[str, str] = {}
    for name, value in body.items():
        if not isinstance(value, bool) and (text := as_text(value)):
            found.setdefault(_plain(name), text)
    return found


def _plain(name: str) -> str:
    return SEPARATORS.sub("", name.lower())
