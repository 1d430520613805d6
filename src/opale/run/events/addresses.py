"""The address under which an outside tool reaches an integration."""

from django.conf import settings

from opale.run.events.models import Integration
from opale.run.events.sources import tools


def address_of(integration: Integration, key: str) -> str:
    return f"{settings.BASE_URL}{path_of(integration.format, key)}"


def path_of(format: str, key: str) -> str:  # noqa: A002  # as the model names it
    return f"/ingest/{format}{tools()[format].address(key)}"
