"""The connector of Zabbix, by the media type that the integration's page gives out."""

import json
from pathlib import Path
from textwrap import fill
from typing import ClassVar, Final

from django.utils.translation import gettext as _

from opale.connectors.zabbix.messages import is_update, parse_body, parse_event
from opale.connectors.zabbix.updates import apply_update
from opale.kernel.actor import connector
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvents,
    Reply,
    Tool,
    ToolCall,
    Unreadable,
)
from opale.run.events.models import Alert
from opale.run.events.ports.json_bodies import text_in
from opale.run.events.queries import alerts
from opale.run.events.states import AlertState

MEDIA_TYPE: Final = "opale-zabbix.yaml"


class Zabbix(Tool):
    slug = "zabbix"
    name = "Zabbix"
    files: ClassVar[tuple[str, ...]] = (MEDIA_TYPE,)
    hears_of_alerts: ClassVar[bool] = True

    def tells(self, delivery: Delivery) -> bool:
        """Return whether it is an event; what cannot be read is for `read` to refuse."""
        try:
            return not is_update(parse_body(delivery))
        except Unreadable:
            return True

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the event. Errors: Unreadable."""
        return NewEvents((parse_event(parse_body(delivery), delivery.received_at),))

    def confirm(self, handed: ToolCall) -> Reply:
        """Return the alert's number and address, which Zabbix keeps as tags of its problem."""
        return _told(handed, next(iter(handed.alert_ids), None))

    def take(self, handed: ToolCall) -> Reply:
        """Apply an update. Errors: Unreadable, those of the database."""
        delivery, by = handed.delivery, connector(handed.format, handed.integration_name)
        said = parse_body(delivery)
        filters = alerts.AlertFilters(integration_id=handed.integration_id)
        rows = alerts.alerts(filters, seen_by=by).filter(identity=text_in(said, "event_id"))
        alert: Alert | None = (
            rows.exclude(state=AlertState.CLOSED).first() or rows.order_by("-id").first()
        )
        if alert is not None:
            apply_update(alert, said, by=by, at=delivery.received_at)
        return _told(handed, alert.pk if alert else None)

    def file(self, name: str, url: str, key: str) -> Reply:
        text = Path(__file__).with_name(MEDIA_TYPE).read_text(encoding="utf-8")
        return Reply(text.replace("@URL@", url).encode(), "application/yaml")

    def example(self, url: str, key: str) -> str:
        how = _(
            "Import the media type below in Zabbix (Alerts, Media types, Import). Set the global"
            " macro %(macro)s, give the media type to a user, and let the problem, recovery"
            " and update operations of an action use it. Its address, where you change it by hand:"
        ) % {"macro": "{$ZABBIX.URL}"}
        return f"{fill(how, 90, break_long_words=False)}\n\nopale_url: {url}\n"


def _told(handed: ToolCall, alert_id: int | None) -> Reply:
    if alert_id is None:
        return Reply(b'{"alert": null}')
    base = handed.url.partition("/ingest/")[0]
    said = {"alert": alert_id, "url": f"{base}/alerts/{alert_id}/"}
    return Reply(json.dumps(said).encode())
