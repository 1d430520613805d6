"""The address under which an outside tool reaches an integration."""

from django.conf import settings

from opale.run.events.models import Integration


def address_of(integration: Integration, key: str) -> str:
    base: str = settings.BASE_URL
    return f"{base}/ingest/{integration.format}/{key}"
