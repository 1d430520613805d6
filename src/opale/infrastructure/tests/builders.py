"""Sites for the tests of any app."""

from typing import Any

from opale.infrastructure.models import Site
from opale.kernel.actor import system
from opale.kernel.attribution import attributed


def make_site(code: str, **fields: Any) -> Site:
    """Make a site called as its code: one of ours, unless a customer is given."""
    kind = "customer_site" if fields.get("customer") else "datacentre"
    with attributed(system("test")):
        values = {"name": code, "kind": kind, "country": "FR"} | fields
        return Site.objects.create(code=code, **values)
