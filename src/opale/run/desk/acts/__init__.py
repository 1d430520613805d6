"""Acts of the desk, for people and programs: one module per subject."""

from opale.run.desk.acts import (
    answers,
    assignments,
    bulk_jobs,
    clocks,
    interventions,
    links,
    requests,
    tickets,
    time_entries,
)

ACTS = (
    *answers.ACTS,
    *assignments.ACTS,
    *bulk_jobs.ACTS,
    *clocks.ACTS,
    *interventions.ACTS,
    *links.ACTS,
    *requests.ACTS,
    *tickets.ACTS,
    *time_entries.ACTS,
)  # fmt: skip
