"""Calls of Alerta's API in tests: of Opale, and of the real one."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.serving import Server

from opale.run.events.actions import integrations
from opale.run.events.models import Integration
from opale.run.events.tests.builders import MAKER

TOLD: Mapping[str, Any] = {
    "resource": "web01",
    "event": "HttpDown",
    "environment": "Production",
    "severity": "major",
    "service": ["Web"],
    "text": "no answer",
    "value": "503",
    "tags": ["site=par1", "edge"],
    "attributes": {"rack": "R1"},
    "origin": "probe/one",
}


@dataclass
class Api:
    """Alerta's API at one place. `key` is None where none is needed."""

    server: Server
    root: str = ""
    key: str | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.port}{self.root}"

    def call(self, method: str, path: str, said: Any = None) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json"}
        if self.key is not None:
            headers["Authorization"] = f"Key {self.key}"
        body = None if said is None else json.dumps(said)
        status, content, _ = self.server.ask(method, f"{self.root}{path}", body, **headers)
        answered: dict[str, Any] = json.loads(content)
        return status, answered

    def tell(self, **said: Any) -> dict[str, Any]:
        """Post an alert; the alert of the answer."""
        status, answered = self.call("POST", "/alert", {**TOLD, **said})
        assert status == 201, answered
        alert: dict[str, Any] = answered["alert"]
        assert answered["id"] == alert["id"]
        return alert

    def alerts(self, query: str = "") -> list[dict[str, Any]]:
        status, answered = self.call("GET", f"/alerts{query}")
        assert status == 200, answered
        found: list[dict[str, Any]] = answered["alerts"]
        return found


def opale(server: Server) -> tuple[Integration, Api]:
    name = f"alerta {time.monotonic_ns()}"
    integration, key = integrations.create_integration(name=name, format="alerta", by=MAKER)
    return integration, Api(server, "/ingest/alerta", key)
