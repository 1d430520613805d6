"""The personas' house with one thing of each kind, and requests of which nothing remains."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from tests.architecture.route_table import Row, filled, filled_body
from tests.architecture.subjects import subjects
from tests.personas import NAMES, Personas, make_personas

from opale.kernel.actor import Actor
from opale.organisation.web.middleware import KNOWN_LOGIN


@dataclass
class House:
    personas: Personas
    things: dict[str, object]
    clients: dict[str, Client]
    actors: dict[str, Actor]

    def ask(
        self, name: str, row: Row, *, if_match: str = "", known: bool = False
    ) -> HttpResponseBase:
        """One request of one persona, of which nothing remains.

        Who is `known` is not looked for by the session: the server saw it less than a minute ago.
        """
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
        if known and (user := self.personas.users.get(name)):
            options[KNOWN_LOGIN] = (copy(user), self.actors[name])
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
        things = subjects(personas)
        yield House(personas, things, clients, {name: personas.actor(name) for name in NAMES})
        transaction.set_rollback(True)
