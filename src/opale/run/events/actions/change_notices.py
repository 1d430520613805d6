"""Change notices of outside tools, kept beside the alerts that they may explain."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from opale.kernel.clock import now
from opale.run.events.domain.clean_events import clean_text, safe_url, truncated, without_nul
from opale.run.events.domain.deliveries import NewChange
from opale.run.events.models import ChangeNotice, Integration
from opale.run.events.queries.enrichment import NamesToResolve, ResolvedNames

SUMMARY_LENGTH: Final = 1_024
SOURCE_LENGTH: Final = 255
MAX_LINKS: Final = 20
MAX_CLOCK_SKEW: Final = timedelta(minutes=5)
KEPT_FOR: Final = timedelta(days=90)


def record_change_notice(
    change: NewChange, *, integration_id: int, received_at: datetime
) -> ChangeNotice:
    """Store a change notice about what its labels name; the same one told twice is stored once.

    Errors: of the database only.
    """
    integration = Integration.objects.get(pk=integration_id)
    wanted = NamesToResolve()
    wanted.add(change.labels, integration.naming)
    # Notices are few: names are looked up each time, not cached as for a storm of events.
    names = ResolvedNames()
    names.look_up(wanted)
    about = names.subject(change.labels, integration.naming)
    told: dict[str, Any] = {
        "integration": integration,
        "at": change.at if change.at <= received_at + MAX_CLOCK_SKEW else received_at,
        "summary": truncated(clean_text(change.summary), SUMMARY_LENGTH),
        "source": truncated(clean_text(change.source), SOURCE_LENGTH),
    }
    with transaction.atomic():
        # One integration's notices are stored one after the other, so a duplicate sees the first.
        Integration.objects.select_for_update(no_key=True).get(pk=integration_id)
        kept: ChangeNotice | None = ChangeNotice.objects.filter(**told).first()
        if kept is not None:
            return kept
        notice = ChangeNotice(
            **told,
            received_at=received_at,
            links=[
                {"href": href, "text": clean_text(text)}
                for href, text in change.links[:MAX_LINKS]
                if safe_url(href)
            ],
            raw=without_nul(dict(change.raw)),
            item_id=about.item_id,
            service_id=about.service_id,
            customer_id=about.customer_id,
        )
        notice.save(force_insert=True)
    return notice


def delete_old_change_notices() -> int:
    """Delete the notices that are too old to explain an alert; return their number."""
    count, _ = ChangeNotice.objects.filter(received_at__lt=now() - KEPT_FOR).delete()
    return count
