"""The personas' house with one thing of each kind, and requests of which nothing remains."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from tests.architecture.route_table import Row, filled, filled_body
from tests.architecture.subjects import subjects
from tests.personas import NAMES, Personas, make_personas


@dataclass
class House:
    personas: Personas
    things: dict[str, object]
    clients: dict[str, Client]

    def ask(self, name: str, row: Row, *, if_match: str = "") -> HttpResponseBase:
        """One request of one persona, of which nothing remains."""
        client = self.clients[name]
        cookies = deepcopy(client.cookies)
        url = filled(row.url, self.things, row.named)
        if row.query:
            url += f"?{filled(row.query, self.things, row.named)}"
        options: dict[str, Any] = {"headers": {"HX-Request": "true"} if row.htmx else {}}
        if if_match:
            options["headers"]["If-Match"] = if_match
        if row.verb != "GET":
            options["data"] = filled_body(row.body, self.things)
        if row.is_api and row.verb != "GET":
            options["content_type"] = "application/json"
        with transaction.atomic():
            response: HttpResponseBase = getattr(client, row.verb.lower())(url, **options)
            transaction.set_rollback(True)
        client.cookies = cookies
        return response


@contextmanager
def standing() -> Iterator[House]:
    """The house, in a transaction that is rolled back."""
    with transaction.atomic():
        personas = make_personas()
        clients = {name: personas.client(name) for name in NAMES}
        yield House(personas, subjects(personas), clients)
        transaction.set_rollback(True)
