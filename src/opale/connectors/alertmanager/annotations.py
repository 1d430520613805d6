"""The labels and annotations of Prometheus that are written for people."""

from collections.abc import Mapping
from typing import Any, Final

from opale.run.events.domain.deliveries import Unreadable

TEXTS: Final = frozenset({str})


def parse_texts(alert: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the texts in that member. Errors: Unreadable."""
    found = alert.get(name) or {}
    if not isinstance(found, dict) or not TEXTS.issuperset(map(type, found.values())):
        raise Unreadable(f"{name}: an object of texts is expected.")
    return found


def alert_title(labels: Mapping[str, str], annotations: Mapping[str, str]) -> str:
    said = annotations.get("summary") or annotations.get("title") or ""
    if said:
        return said
    name = labels.get("alertname", "")
    where = labels.get("instance") or labels.get("host") or ""
    if name and where:
        return f"{name} ({where})"
    return name or where or ", ".join(f"{label}={text}" for label, text in labels.items())
