"""Opsgenie's server, as its clients know it: addresses, keys and answers."""

from typing import ClassVar, Final

from django.utils.translation import gettext as _

from opale.connectors.opsgenie.alert_actions import RequestFailed, perform_action
from opale.connectors.opsgenie.alert_queries import answer_query, find_alert
from opale.connectors.opsgenie.calls import ROOT, Call, parse_call
from opale.connectors.opsgenie.events import parse_close, parse_create
from opale.connectors.opsgenie.responses import accepted_reply, json_reply
from opale.kernel.actor import connector
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvents,
    Refusal,
    Reply,
    Tool,
    ToolCall,
    bearer_token,
)
from opale.run.events.ports.json_bodies import json_object

PAGES: Final = "alert/detail/"
EXAMPLE: Final = """\
# Alertmanager
receivers:
  - name: opale
    opsgenie_configs:
      - api_url: {base}/
        api_key: {key}
        update_alerts: true
        priority: '{{{{ or .CommonLabels.priority "P3" }}}}'

# {zabbix}
opsgenie_api: {url}
opsgenie_web: {base}
opsgenie_token: {key}

# {clients}
{base}
{key}
"""


class Opsgenie(Tool):
    slug = "opsgenie"
    name = "Opsgenie Alert API"
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "POST", "PUT", "DELETE"})

    def openly(self, delivery: Delivery) -> Reply | None:
        """Redirect Zabbix's links to Opsgenie's page of an alert to ours."""
        number = delivery.path.strip("/").removeprefix(PAGES)
        if delivery.method == "GET" and delivery.path.strip("/").startswith(PAGES):
            return Reply(b"", status=302, headers={"Location": f"/alerts/{_digits(number)}/"})
        if not parse_call(delivery).act:
            return json_reply({"message": "There is no such address."}, 404)
        return None

    def key_and_path(self, delivery: Delivery) -> tuple[str, str]:
        return bearer_token(delivery, "geniekey"), delivery.path

    def tells(self, delivery: Delivery) -> bool:
        return _raises_or_ends(parse_call(delivery))

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the events. Errors: Unreadable."""
        call = parse_call(delivery)
        event = parse_create(delivery) if call.act == "create" else parse_close(call, delivery)
        return NewEvents((event,))

    def reply(self, delivery: Delivery, events: NewEvents) -> Reply:
        return accepted_reply(parse_call(delivery).act, identity=events.events[0].identity)

    def take(self, handed: ToolCall) -> Reply:
        """Answer the call. Errors: Unreadable, those of the database."""
        delivery, by = handed.delivery, connector(handed.format, handed.integration_name)
        call = parse_call(delivery)
        if delivery.method == "GET":
            return answer_query(handed, call, by)
        content = json_object(delivery.body) if delivery.body.strip() else dict(call.query)
        alert = find_alert(call, handed.integration_id, by)
        number = alert.pk if alert else None
        try:
            perform_action(alert, call, content, by=by, at=delivery.received_at)
        except RequestFailed as failed:
            return accepted_reply(call.act, alert_id=number, fault=failed.status)
        return accepted_reply(call.act, alert_id=number)

    def refuse(self, delivery: Delivery, refusal: Refusal) -> Reply:
        if refusal.code == "unknown_key":
            return json_reply({"message": "Could not authenticate"}, 401)
        if refusal.code != "unreadable":
            return json_reply({"message": refusal.detail}, refusal.status)
        member, found, fault = refusal.detail.partition(": ")
        if not found or " " in member:
            return json_reply({"message": refusal.detail}, 400)
        message = "Request body is not processable. Please check the errors."
        return json_reply({"message": message, "errors": {member: fault}}, 422)

    def address(self, key: str) -> str:
        return ""

    def example(self, url: str, key: str) -> str:
        return EXAMPLE.format(
            url=f"{url}/{ROOT}",
            base=url,
            key=key,
            zabbix=_("Zabbix, media type Opsgenie"),
            clients=_("Opsgenie's own clients: host and key (GenieKey)"),
        )


def _raises_or_ends(call: Call) -> bool:
    return call.act == "create" or (call.act == "close" and call.by == "alias")


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else "0"
