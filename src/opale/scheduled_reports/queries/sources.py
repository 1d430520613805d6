"""Reports and lists that can be sent on schedule, by name."""

from opale.listings.registry import get_listing
from opale.scheduled_reports.ports import ReportSource, registered_report
from opale.scheduled_reports.queries.listing_reports import ListingReport


def get_source(name: str) -> ReportSource:
    """Return a report or a listing. Errors: NotFound."""
    return registered_report(name) or ListingReport(get_listing(name))
