"""Opale as Prometheus's Alertmanager: its API, version 2, as Prometheus and amtool call it.

Source: Alertmanager's OpenAPI document, version 2, and what Alertmanager 0.28 answers.
"""

from typing import ClassVar, Final

from opale.connectors.alertmanager import active_alerts, silences
from opale.connectors.alertmanager.calls import ApiError, Call, json_reply
from opale.connectors.alertmanager.posted_alerts import REQUIRED, parse_alerts
from opale.run.events.domain.deliveries import Delivery, NewEvents, Refusal, Reply, Tool, ToolCall

API: Final = "api/v2/"
EXAMPLE: Final = """\
# prometheus.yml; for amtool: --alertmanager.url={url}
alerting:
  alertmanagers:
    - scheme: {scheme}
      path_prefix: {prefix}
      static_configs:
        - targets: ["{target}"]
"""


class AlertmanagerServer(Tool):
    slug = "alertmanager_api"
    name = "Prometheus (in place of Alertmanager)"
    methods: ClassVar[frozenset[str]] = frozenset({"GET", "POST", "DELETE"})

    def tells(self, delivery: Delivery) -> bool:
        return delivery.method == "POST" and delivery.path.strip("/") == f"{API}alerts"

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the events. Errors: Unreadable."""
        return parse_alerts(delivery)

    def reply(self, delivery: Delivery, events: NewEvents) -> Reply:
        """Return the server's answer: what could be read is kept, faults in the rest are told."""
        if events.refused:
            return json_reply("; ".join(part.reason for part in events.refused), 400)
        return Reply(b"")

    def refuse(self, delivery: Delivery, refusal: Refusal) -> Reply:
        if refusal.detail.endswith(REQUIRED):
            return json_reply({"code": 602, "message": refusal.detail}, 422)
        return json_reply(refusal.detail, refusal.status)

    def take(self, handed: ToolCall) -> Reply:
        try:
            return _answered(Call.of(handed, API))
        except ApiError as error:
            return error.reply

    def example(self, url: str, key: str) -> str:
        scheme, _, rest = url.partition("://")
        target, _, path = rest.partition("/")
        if ":" not in target:
            target = f"{target}:{443 if scheme == 'https' else 80}"
        return EXAMPLE.format(url=url, scheme=scheme, prefix=f"/{path}", target=target)


def _answered(call: Call) -> Reply:
    """Return the answer to a call. Errors: ApiError."""
    match call.method, call.parts:
        case "GET", ("alerts",):
            return active_alerts.list_alerts(call)
        case "GET", ("alerts", "groups"):
            return active_alerts.list_groups(call)
        case "GET", ("receivers",):
            return active_alerts.list_receivers(call)
        case "GET", ("status",):
            return active_alerts.get_status(call)
        case "GET", ("silences",):
            return silences.list_silences(call)
        case "POST", ("silences",):
            return silences.post_silence(call)
        case "GET", ("silence", name):
            return silences.show_silence(call, name)
        case "DELETE", ("silence", name):
            return silences.expire_silence(call, name)
    raise ApiError({"code": 404, "message": f"path /{call.path} was not found"}, 404)
