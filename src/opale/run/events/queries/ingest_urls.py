"""The address under which an outside tool reaches an integration."""

from django.conf import settings

from opale.run.events.models import Integration
from opale.run.events.ports.tools import all_tools


def ingest_url(integration: Integration, key: str) -> str:
    return f"{settings.BASE_URL}{ingest_path(integration.format, key)}"


def ingest_path(format: str, key: str) -> str:  # noqa: A002  # as the model names it
    return f"/ingest/{format}{all_tools()[format].address(key)}"
