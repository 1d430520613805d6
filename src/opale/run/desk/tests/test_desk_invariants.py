"""Raw SQL, as the application's role, against each invariant of the core's tables.

Which constraints there are is read from the database: one without a statement here is found. The
chain of owners is tried in test_desk_ownership, triggers of merges and links in their own tests.
"""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from tests.personas import MAKER

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.run.desk.actions import (
    alerts,
    answers,
    assignments,
    bulk_jobs,
    links,
    merges,
    messages,
    ownership,
    pauses,
    ticket_metadata,
    time_entries,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.bulk_acts import BulkParameters
from opale.run.desk.models import BulkJob, Intervention, Pause, TicketLink
from opale.run.desk.tests.assignments import engineer_of, make_works
from opale.run.desk.tests.builders import agent_of, make_ticket, minutes_ago
from opale.run.desk.tests.catalogue import access, ask, contact, datacentre, load
from opale.run.desk.tests.test_desk_alerts import make_alert

pytestmark = pytest.mark.django_db

CORE = (
    "approval",
    "assignment",
    "bulkitem",
    "commitment",
    "externalreference",
    "intervention",
    "leveltarget",
    "merge",
    "message",
    "pause",
    "proposedanswer",
    "requestdetails",
    "requesttype",
    "ticket",
    "ticketalert",
    "ticketlink",
    "timeentry",
    "watcher",
)


def of(table: str, change: str) -> str:
    return f"UPDATE desk_{table} SET {change}"


def twin(table: str, where: str = "true", **changes: object) -> str:
    """A second row like one that is there, with these columns otherwise."""
    other = json.dumps({"id": -1, **changes})
    return (
        f"INSERT INTO desk_{table} SELECT (jsonb_populate_record(x, '{other}')).*"
        f" FROM desk_{table} x WHERE {where} ORDER BY id LIMIT 1"
    )


TRIED = {
    "approval_decided_by_somebody": of("approval", "state = 'granted', decided_at = now()"),
    "approval_decided_is_dated": of("approval", "state = 'granted', decided_by_id = 1"),
    "one_approval_asked": twin("approval"),
    "assignment_accepted_is_dated": of("assignment", "accepted_at = now()"),
    "assignment_ended_is_dated": of("assignment", "ended_at = now()"),
    "assignment_returned_says_why": of("assignment", "state = 'returned', ended_at = now()"),
    "assignment_says_whom": of("assignment", "team_id = NULL, supplier_id = NULL"),
    "one_running_assignment_of_a_supplier": twin("assignment", "supplier_id IS NOT NULL"),
    "one_running_assignment_of_a_team": twin("assignment", "team_id IS NOT NULL"),
    "once_in_a_bulk_job": twin("bulkitem"),
    "assignment_commitment_once": twin("commitment", "assignment_id IS NOT NULL"),
    "commitment_of_ticket_or_assignment": of("commitment", "measure = 'deliver'"),
    "commitment_once": twin("commitment", "measure = 'restore'"),
    "one_next_update": twin("commitment", "measure = 'restore'", measure="update")
    + ";"
    + twin("commitment", "measure = 'acknowledge'", id=-2, measure="update", met_at=None),
    "update_period_once": twin("commitment", "measure = 'triage'", measure="update")
    + ";"
    + twin("commitment", "measure = 'triage'", id=-2, measure="update"),
    "reference_once": twin("externalreference"),
    "intervention_has_price": of("intervention", "price = -1"),
    "intervention_lasts": of("intervention", "ends = starts"),
    "level_target_once": twin("leveltarget"),
    "merged_into_another": of("merge", "into_id = ticket_id"),
    "merged_once": twin("merge"),
    "message_note_is_internal": of("message", "visibility = 'public' WHERE direction = 'note'"),
    "message_on_work_is_internal": of(
        "message",
        "assignment_id = (SELECT min(id) FROM desk_assignment) WHERE visibility = 'public'",
    ),
    "message_edited_is_a_note": of("message", "edited_at = now() WHERE direction <> 'note'"),
    "message_deleted_is_empty": of("message", "deleted_at = now() WHERE direction = 'note'"),
    "desk_message_mail_id_key": twin("message", "mail_id IS NOT NULL"),
    "one_running_pause": twin("pause"),
    "pause_ends_later": of("pause", "ends = starts"),
    "answer_decided_is_dated": of("proposedanswer", "decided_at = now()"),
    "answer_refused_says_why": of("proposedanswer", "state = 'refused', decided_at = now()"),
    "answer_sent_is_a_message": of("proposedanswer", "state = 'sent', decided_at = now()"),
    "desk_proposedanswer_message_id_key": of(
        "proposedanswer",
        "state = 'sent', decided_at = now(), message_id = (SELECT min(id) FROM desk_message)",
    ),
    "desk_requestdetails_ticket_id_key": twin("requestdetails"),
    "desk_requesttype_code_key": twin("requesttype"),
    "offering_is_for_customers": of(
        "requesttype",
        "audience = 'employees', offering_id = (SELECT min(id) FROM customers_offering)",
    ),
    "desk_ticket_number_key": twin("ticket"),
    "ticket_closed_is_dated": of("ticket", "closed_at = now() WHERE state = 'in_progress'"),
    "ticket_contact_has_customer": of("ticket", "customer_id = NULL WHERE contact_id IS NOT NULL"),
    "ticket_grades_are_known": of("ticket", "priority = 6"),
    "ticket_merged_says_where": of("ticket", "merged_into_id = NULL WHERE state = 'merged'"),
    "ticket_not_merged_into_itself": of("ticket", "merged_into_id = id WHERE state = 'merged'"),
    "ticket_resolved_is_dated": of("ticket", "resolved_at = now() WHERE state = 'in_progress'"),
    "ticket_alert_once": twin("ticketalert"),
    "link_once": twin("ticketlink", kind="related_to") + ";" + twin("ticketlink", id=-2),
    "link_to_another": of("ticketlink", "other_id = ticket_id"),
    "one_parent": of("ticketlink", "kind = 'child_of' WHERE kind = 'related_to'"),
    "one_running_timer": twin("timeentry"),
    "time_entry_lasts": of("timeentry", "ends = starts"),
    "watcher_is_somebody": of("watcher", "person_id = NULL"),
    "watcher_once": twin("watcher"),
}

BEFORE = {"ticket_not_merged_into_itself": "merged in a circle"}
"""What is refused by a trigger already, in its words."""


def test_raw_sql_is_refused_by_each_invariant_and_none_is_forgotten() -> None:
    furnish()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("opale_app",)
    assert {name: refusing(statement) for name, statement in TRIED.items()} == {
        name: BEFORE.get(name, name) for name in TRIED
    }
    assert there() == TRIED.keys()


def refusing(statement: str) -> str:
    """The name of what refuses the statement, checked at once as at commit."""
    try:
        with transaction.atomic(), attributed(MAKER), connection.cursor() as cursor:
            cursor.execute(statement)
            changed = cursor.rowcount
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except IntegrityError as refusal:
        said = refusal.__cause__
        named = getattr(getattr(said, "diag", None), "constraint_name", None)
        return str(named or str(said).partition("\n")[0].partition(": ")[2])
    return f"nothing, of {changed} rows"


def there() -> set[str]:
    """Every check, exclusion and uniqueness of the core's tables, but what Django adds to a number
    that is never below zero."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT con.conname FROM pg_constraint con WHERE con.contype IN ('c', 'x', 'u')
                AND con.conrelid = ANY(%(tables)s::regclass[])
            UNION SELECT class.relname FROM pg_index index JOIN pg_class class
                ON class.oid = index.indexrelid
            WHERE index.indisunique AND NOT index.indisprimary
                AND index.indrelid = ANY(%(tables)s::regclass[])
            """,
            {"tables": [f"desk_{name}" for name in CORE]},
        )
        return {name for (name,) in cursor if not name.endswith("_check")}


def furnish() -> None:
    """A row of each table, and of the tickets one in each state that a statement asks for."""
    works = make_works()
    house, agent, engineer = works.house, works.agent, engineer_of(works.engineer)
    ticket = ownership.take_ticket(make_ticket(house, at=minutes_ago(30)), by=agent)
    merged, child, aside = make_ticket(house), make_ticket(house), make_ticket(house)
    merges.merge_tickets([merged], ticket, by=agent)
    links.link_tickets(child, TicketLink.Kind.CHILD_OF, ticket, by=agent)
    links.link_tickets(child, TicketLink.Kind.RELATED_TO, aside, by=agent)
    pauses.pause_ticket(child, Pause.Kind.CUSTOMER, by=agent, confirmed=True)
    assignments.request_work(ticket, WorkRequest(team=works.level_2), by=agent)
    assignments.request_work(ticket, WorkRequest(supplier=works.carrier), by=agent)
    messages.write_note(ticket, "Vu.", by=agent)
    messages.write_to_customer(ticket, "Bonjour.", by=agent)
    for text in ("Première.", "Seconde."):
        answers.answer_customer(ticket, text, by=engineer)
    ticket_metadata.add_reference(ticket, "Armor", "A-1", by=agent)
    ticket_metadata.add_watcher(ticket, by=agent, person=house.other)
    time_entries.start_timer(ticket, by=agent)
    bulk_jobs.create_bulk_job(
        BulkJob.Act.TAG,
        BulkParameters(tags=("nord",)),
        by=agent,
        credential="session",
        tickets=[ticket],
    )
    load()
    datacentre(house)
    contact(house, "Luc Petit", may_enter=True)
    ask(house, "datacentre-access", access(), by=agent)
    with attributed(MAKER):
        Intervention.objects.create(
            ticket=ticket,
            customer=ticket.customer,
            agreed_by=house.contact,
            price=1,
            starts=clock.now() - timedelta(minutes=1),
            actor="x",
        )
    alerts.attach_alert(ticket, make_alert(house), by=agent_of(house.agent))
