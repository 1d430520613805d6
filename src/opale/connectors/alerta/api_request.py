"""One call of Alerta's API, taken apart."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs

from opale.connectors.alerta.errors import AlertaError
from opale.connectors.alerta.filters import first_param
from opale.connectors.alerta.identifiers import number_in
from opale.connectors.alerta.parser import parse_body
from opale.connectors.alerta.serializers import ALERT
from opale.kernel.actor import Actor, connector
from opale.kernel.clock import now
from opale.run.events.domain.deliveries import Reply, ToolCall, Unreadable
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.queries import alerts

LONGEST_SPAN: Final = 10**9
"""Seconds: sums with what is longer leave the calendar."""


@dataclass
class AlertaRequest:
    """A call of the API. `at` is the moment at which it is done; `parts` what its address names."""

    handed: ToolCall
    parts: Mapping[str, str]
    at: datetime

    @classmethod
    def of(cls, handed: ToolCall, parts: Mapping[str, str]) -> "AlertaRequest":
        return cls(handed, parts, now())

    @property
    def by(self) -> Actor:
        return connector(self.handed.format, self.handed.integration_name)

    @property
    def integration_id(self) -> int:
        return self.handed.integration_id

    @property
    def endpoint(self) -> str:
        return self.handed.url

    @cached_property
    def params(self) -> Mapping[str, Sequence[str]]:
        return parse_qs(self.handed.delivery.query, max_num_fields=1_000)

    @cached_property
    def said(self) -> dict[str, Any]:
        """Return the body. Errors: AlertaError."""
        try:
            return parse_body(self.handed.delivery.body)
        except Unreadable as error:
            raise AlertaError(400, error.reason) from None

    def flag(self, name: str) -> bool:
        return first_param(self.params, name).lower() in ("true", "t", "1", "yes", "y", "on")

    def text(self, name: str) -> str:
        found = self.said.get(name)
        return "" if found is None else str(found)

    def seconds(self, name: str, default: int) -> int:
        """Return a span in seconds, at most LONGEST_SPAN. Errors: AlertaError."""
        found = self.said.get(name)
        if found is None:
            return default
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise AlertaError(400, f"{name} must be an integer")
        return min(found, LONGEST_SPAN)

    def words(self, name: str) -> list[str]:
        """Return a list of texts that must be there. Errors: AlertaError."""
        found = self.said.get(name)
        if not isinstance(found, list) or not found:
            raise AlertaError(400, f"must supply '{name}' as json list")
        return [str(word) for word in found]

    def rows(self) -> AlertsQuerySet[Alert]:
        """Return every alert of the integration."""
        filters = alerts.AlertFilters(integration_id=self.integration_id)
        return alerts.alerts(filters, seen_by=self.by)

    def alert(self) -> Alert:
        """Return the alert that the address names. Errors: AlertaError."""
        found = self.rows().filter(pk=number_in(ALERT, self.parts["id"]) or 0).first()
        if found is None:
            raise AlertaError(404, "not found")
        return found

    def only(self, alert: Alert) -> AlertsQuerySet[Alert]:
        """Return one alert as rows, for an action that takes many."""
        return alerts.alert_queryset(alert.pk, seen_by=self.by)


def json_reply(content: Mapping[str, Any], status: int = 200) -> Reply:
    return Reply(json.dumps(content).encode(), status=status)


def ok_reply(**content: Any) -> Reply:
    return json_reply({"status": "ok", **content})


def created_reply(status: int, **content: Any) -> Reply:
    return json_reply({"status": "ok", **content}, status)


def error_reply(status: int, message: str) -> Reply:
    content = {
        "status": "error",
        "message": message,
        "code": status,
        "errors": None,
        "requestId": None,
    }
    return json_reply(content, status)
