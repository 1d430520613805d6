"""The connector of Alerta: where the key is, which calls are events, who answers the others."""

from typing import Any, Final
from urllib.parse import parse_qs

from django.conf import settings
from django.utils.translation import gettext as _

from opale.connectors.alerta import routes
from opale.connectors.alerta.api_request import error_reply, json_reply
from opale.connectors.alerta.parser import HEARTBEAT, parse_body, parse_event
from opale.connectors.alerta.vocabulary import configuration
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvents,
    Refusal,
    Reply,
    Tool,
    ToolCall,
    Unreadable,
    bearer_token,
)

EXAMPLE: Final = """\
# ~/.alerta.conf: {words}
[DEFAULT]
endpoint = {url}
key = {key}
"""
HEARTBEAT_WORD: Final = f'"{HEARTBEAT}"'.encode()
MESSAGES: Final = {"unknown_key": "API key parameter 'api-key' is invalid"}


class Alerta(Tool):
    slug = "alerta"
    name = "Alerta"
    methods = frozenset({"GET", "POST", "PUT", "DELETE"})
    hears_of_alerts = True

    def key_and_path(self, delivery: Delivery) -> tuple[str, str]:
        """Return key and path; the key is in a header, the query, or the path (simple plug-ins)."""
        path = delivery.path.strip("/")
        key = (
            bearer_token(delivery, "key")
            or delivery.headers.get("x-api-key", "")
            or parse_qs(delivery.query).get("api-key", [""])[0]
            or bearer_token(delivery)
        )
        if key or routes.is_alerta_path(path):
            return key, path
        key, _, path = path.partition("/")
        return key, path

    def openly(self, delivery: Delivery) -> Reply | None:
        asked = delivery.path.strip("/").rpartition("/")[2]
        if delivery.method == "GET" and asked == "config":
            return json_reply(configuration(f"{settings.BASE_URL}/ingest/{self.slug}"))
        if delivery.method == "GET" and asked in ("gtg", "healthcheck"):
            return Reply(b"OK", "text/html; charset=utf-8")
        return None

    def tells(self, delivery: Delivery) -> bool:
        return (
            delivery.method == "POST"
            and delivery.path == "alert"
            and not (HEARTBEAT_WORD in delivery.body and _is_sign_of_life(delivery.body))
        )

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the events. Errors: Unreadable."""
        return NewEvents((parse_event(delivery.body, delivery.received_at),))

    def confirm(self, handed: ToolCall) -> Reply:
        return routes.answer_received(handed)

    def take(self, handed: ToolCall) -> Reply:
        return routes.answer_call(handed)

    def refuse(self, delivery: Delivery, refusal: Refusal) -> Reply:
        message = MESSAGES.get(refusal.code, refusal.detail)
        return error_reply(refusal.status, message)

    def address(self, key: str) -> str:
        return ""

    def example(self, url: str, key: str) -> str:
        words = _(
            "configuration file of the command line; libraries and plug-ins need the same two "
            "values"
        )
        return EXAMPLE.format(url=url, key=key, words=words)


def _is_sign_of_life(body: bytes) -> bool:
    try:
        said: dict[str, Any] = parse_body(body)
    except Unreadable:
        return False
    return said.get("event") == HEARTBEAT
