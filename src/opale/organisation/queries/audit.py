"""Queries on the audit log."""

from ipaddress import ip_address

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.organisation.models import AuditEntry, AuditEntryQuerySet


def audit_entries(*, seen_by: Actor, text: str = "", event: str = "") -> AuditEntryQuerySet:
    """Return entries of the audit log, by a part of a name, an address or the details."""
    found = AuditEntry.objects.visible_to(seen_by)
    if text:
        words = (
            Q(login__icontains=text) | Q(actor_name__icontains=text) | Q(details__icontains=text)
        )
        found = found.filter(words | Q(ip=text) if _is_ip(text) else words)
    return found.filter(event=event) if event else found


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
