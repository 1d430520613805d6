"""PagerDuty's server, as its clients know it: addresses, keys and answers."""

import json
from collections.abc import Mapping
from textwrap import fill, indent
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _

from opale.connectors.pagerduty.changes import parse_change
from opale.connectors.pagerduty.events import parse_body, parse_event, parse_legacy_event
from opale.run.events.actions.change_notices import record_change_notice
from opale.run.events.domain.deliveries import Delivery, NewEvents, Refusal, Reply, Tool, ToolCall
from opale.run.events.ports.json_bodies import text_in

EVENTS, CHANGES = "v2/enqueue", "v2/change/enqueue"
LEGACY: Final = "generic/2010-04-15/create_event.json"
KEY_LENGTH: Final = 32
PROCESSED: Final = "Event processed"
INVALID: Final = "invalid event"

EXAMPLE: Final = """\
# Alertmanager
receivers:
  - name: opale
    pagerduty_configs:
      - url: {url}
        routing_key: {key}
        send_resolved: true
        severity: '{{{{ or .CommonLabels.severity "warning" }}}}'
{why}        details:
          host: '{{{{ .CommonLabels.instance }}}}'

# {clients}
{base}
{key}
"""


class PagerDuty(Tool):
    slug = "pagerduty"
    name = "PagerDuty Events API"
    key_in_body: ClassVar[bool] = True

    def openly(self, delivery: Delivery) -> Reply | None:
        if _place(delivery) in (EVENTS, CHANGES, LEGACY):
            return None
        return _said({"status": "not found", "message": "There is no such address."}, 404)

    def key_and_path(self, delivery: Delivery) -> tuple[str, str]:
        """Return the key and the path. Errors: Unreadable."""
        body = parse_body(delivery)
        key = text_in(body, "routing_key") or text_in(body, "service_key")
        return key or delivery.headers.get("x-routing-key", "").strip(), delivery.path

    def tells(self, delivery: Delivery) -> bool:
        return _place(delivery) != CHANGES

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the events. Errors: Unreadable."""
        read = parse_legacy_event if _place(delivery) == LEGACY else parse_event
        return NewEvents((read(delivery),))

    def reply(self, delivery: Delivery, events: NewEvents) -> Reply:
        key = events.events[0].identity
        if _place(delivery) == LEGACY:
            return _said({"status": "success", "message": PROCESSED, "incident_key": key}, 200)
        return _said({"status": "success", "message": PROCESSED, "dedup_key": key}, 202)

    def take(self, handed: ToolCall) -> Reply:
        """Record a change event. Errors: Unreadable, those of the database."""
        delivery = handed.delivery
        kept = record_change_notice(
            parse_change(delivery),
            integration_id=handed.integration_id,
            received_at=delivery.received_at,
        )
        said = {"status": "success", "message": "Change event processed", "id": str(kept.pk)}
        return _said(said, 202)

    def refuse(self, delivery: Delivery, refusal: Refusal) -> Reply:
        """Return the refusal, with PagerDuty's one code for whatever will never be accepted."""
        if refusal.code == "unknown_key":
            errors = [_key_fault(delivery)]
        elif refusal.code == "unreadable":
            errors = refusal.detail.split("; ")
        else:
            said = {"status": refusal.code, "message": refusal.detail, "errors": [refusal.detail]}
            return _said(said, refusal.status)
        said = {"status": INVALID, "message": "Event object is invalid", "errors": errors}
        return _said(said, 400)

    def address(self, key: str) -> str:
        return f"/{EVENTS}"

    def example(self, url: str, key: str) -> str:
        why = _("Alertmanager sends a whole group at once: set here which item it is about.")
        return EXAMPLE.format(
            url=url,
            base=url.removesuffix(f"/{EVENTS}"),
            key=key,
            why=indent(fill(why, 72), " " * 8 + "# ") + "\n",
            clients=_("PagerDuty's own clients: base URL and routing key"),
        )


def _place(delivery: Delivery) -> str:
    return delivery.path.strip("/")


def _key_fault(delivery: Delivery) -> str:
    key, _ = PagerDuty().key_and_path(delivery)
    name = "service_key" if _place(delivery) == LEGACY else "routing_key"
    if not key:
        return f"'{name}' is missing or blank"
    if len(key) != KEY_LENGTH:
        return f"Length of '{name}' is incorrect (should be {KEY_LENGTH} characters)"
    return "Invalid routing key"


def _said(content: Mapping[str, Any], status: int) -> Reply:
    return Reply(json.dumps(content).encode(), status=status)
