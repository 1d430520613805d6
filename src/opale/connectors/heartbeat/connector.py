"""The connector of heartbeats: any request to the address is a beat; its body does not matter."""

from datetime import datetime, timedelta
from typing import ClassVar, Final
from urllib.parse import parse_qs, unquote

import msgspec
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import connector
from opale.kernel.errors import Invalid
from opale.run.events.actions import heartbeats
from opale.run.events.domain.deliveries import Delivery, Reply, Tool, ToolCall, Unreadable
from opale.run.events.domain.durations import parse_duration
from opale.run.events.queries.alerts import get_integration_of_call

EXAMPLE: Final = """\
# After a job that should run every day (crontab):
30 2 * * *  backup && curl -fsS -m 10 --retry 5 '{url}/nightly-backup?every=1d&grace=2h'

# The Watchdog alert of Prometheus, which never stops firing (Alertmanager):
receivers:
  - name: watchdog
    webhook_configs:
      - url: {url}/prometheus?every=5m&grace=5m
        send_resolved: false
"""


class Heartbeats(Tool):
    slug = "heartbeat"
    name = _("Heartbeats")
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "HEAD", "POST", "PUT"})

    def tells(self, delivery: Delivery) -> bool:
        return False

    def take(self, handed: ToolCall) -> Reply:
        """Record the beat. Errors: Unreadable, those of the database."""
        name = unquote(handed.delivery.path).strip("/ ")
        if not name:
            raise Unreadable("The name of the heartbeat is missing: it is the end of the address.")
        asked = parse_qs(handed.delivery.query)
        try:
            beaten = heartbeats.record_heartbeat(
                get_integration_of_call(handed.integration_id),
                name,
                every=_span(asked, "every"),
                grace=_span(asked, "grace"),
                by=connector(handed.format, handed.integration_name),
                at=handed.delivery.received_at,
            )
        except Invalid as error:
            raise Unreadable(", ".join(f"{k}: {v}" for k, v in error.fields.items())) from None
        return _told(beaten.name, beaten.due_at)

    def example(self, url: str, key: str) -> str:
        return EXAMPLE.format(url=url)


def _told(name: str, due_at: datetime | None) -> Reply:
    return Reply(msgspec.json.encode({"status": "ok", "heartbeat": name, "due_at": due_at}))


def _span(asked: dict[str, list[str]], name: str) -> timedelta | None:
    """Return the span in that parameter. Errors: Unreadable."""
    if name not in asked:
        return None
    found = parse_duration(asked[name][-1])
    if found is None:
        raise Unreadable(f"{name}: a span such as 90s, 5m, 2h or 1d is expected.")
    return found
