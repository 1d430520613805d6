"""Scheduled reports of a service desk agent, as the routes name them, and of an administrator."""

from collections.abc import Mapping

from tests.personas import Personas

from opale.scheduled_reports.actions.reports import (
    add_recipient,
    delete_scheduled_report,
    schedule_report,
    send_report_now,
)
from opale.scheduled_reports.queries.unsubscribe_links import unsubscribe_token


def subjects(house: Personas) -> Mapping[str, object]:
    by = house.actor("desk_agent")
    kept = schedule_report(by=by, report="tickets", name="Tickets", query="group=kind")
    gone = schedule_report(by=by, report="tickets", name="Requests")
    named = add_recipient(kept, by=by, person=house.people["service_manager"])
    send_report_now(kept, by=by)
    delete_scheduled_report(gone, by=by)
    schedule_report(by=house.actor("administrator"), report="people", name="People")
    return {
        "scheduled_report_id": kept.pk,
        "deleted_scheduled_report_id": gone.pk,
        "scheduled_recipient_id": named.person_id,
        "unsubscribe_token": unsubscribe_token(kept.pk, named.person_id),
        "further_recipient_id": house.people["administrator"].pk,
    }
