"""Acts of the desk, for people and programs: one module per subject."""

from opale.run.desk.acts import (
    answers,
    assignments,
    bulk_jobs,
    channel_rules,
    clocks,
    interventions,
    links,
    requests,
    ticket_metadata,
    tickets,
    time_entries,
)

ACTS = (
    *answers.ACTS,
    *assignments.ACTS,
    *bulk_jobs.ACTS,
    *channel_rules.ACTS,
    *clocks.ACTS,
    *interventions.ACTS,
    *links.ACTS,
    *requests.ACTS,
    *ticket_metadata.ACTS,
    *tickets.ACTS,
    *time_entries.ACTS,
)  # fmt: skip
