"""What may be done to alerts, integrations and rules. The only writer of this room."""

from opale.run.events.actions.alerts import (
    acknowledge_alerts,
    close_alerts,
    close_quiet_alerts,
    reopen_alert,
    unacknowledge_alerts,
)
from opale.run.events.actions.amending import amend_alert
from opale.run.events.actions.heartbeats import (
    beat,
    create_heartbeat,
    edit_heartbeat,
    miss_due_heartbeats,
    remove_heartbeat,
)
from opale.run.events.actions.housekeeping import (
    drop_old_days,
    forget_old,
    forget_unreadable,
    open_days_ahead,
)
from opale.run.events.actions.ingesting import ingest
from opale.run.events.actions.integrations import (
    add_key,
    add_rule,
    create_integration,
    edit_integration,
    edit_rule,
    expire_key,
    limit_events,
    name_labels,
    remove_rule,
    set_reading,
)
from opale.run.events.actions.lasting import clear_outlasted
from opale.run.events.actions.marking import mark_alerts
from opale.run.events.actions.muting import mute_living
from opale.run.events.actions.noise import ask_for_noise, count_noise
from opale.run.events.actions.noting_changes import note_change
from opale.run.events.actions.owning import assign_alerts, note_alert, release_alerts_of
from opale.run.events.actions.qualifying import qualify_due_alerts
from opale.run.events.actions.reminding import remind_authors
from opale.run.events.actions.rules import (
    RuleTerms,
    create_event_rule,
    edit_event_rule,
    move_event_rule,
    remove_event_rule,
    restore_event_rule,
    revert_event_rule,
    switch_event_rule,
)
from opale.run.events.actions.ruling import look_at_suppressed, release_held, sweep_rules
from opale.run.events.actions.shelving import (
    shelve_alerts,
    unshelve_alerts,
    unshelve_due_alerts,
)
from opale.run.events.actions.silences import (
    SilenceTerms,
    create_silence,
    edit_silence,
    end_silence,
    prolong_silence,
    resume_silence,
    revert_silence,
    terms_of,
    turn_silences,
)
from opale.run.events.actions.steadying import settle_flapping_alerts
from opale.run.events.actions.trials import result_of, terms_tried, try_rule
from opale.run.events.actions.trying import end_test_alert, raise_test_alert
from opale.run.events.silencing import (
    Matcher,
    UnreadableMatcher,
    UnreadablePattern,
    matcher_in,
)

__all__ = [
    "Matcher",
    "RuleTerms",
    "SilenceTerms",
    "UnreadableMatcher",
    "UnreadablePattern",
    "acknowledge_alerts",
    "add_key",
    "add_rule",
    "amend_alert",
    "ask_for_noise",
    "assign_alerts",
    "beat",
    "clear_outlasted",
    "close_alerts",
    "close_quiet_alerts",
    "count_noise",
    "create_event_rule",
    "create_heartbeat",
    "create_integration",
    "create_silence",
    "drop_old_days",
    "edit_event_rule",
    "edit_heartbeat",
    "edit_integration",
    "edit_rule",
    "edit_silence",
    "end_silence",
    "end_test_alert",
    "expire_key",
    "forget_old",
    "forget_unreadable",
    "ingest",
    "limit_events",
    "look_at_suppressed",
    "mark_alerts",
    "matcher_in",
    "miss_due_heartbeats",
    "move_event_rule",
    "mute_living",
    "name_labels",
    "note_alert",
    "note_change",
    "open_days_ahead",
    "prolong_silence",
    "qualify_due_alerts",
    "raise_test_alert",
    "release_alerts_of",
    "release_held",
    "remind_authors",
    "remove_event_rule",
    "remove_heartbeat",
    "remove_rule",
    "reopen_alert",
    "restore_event_rule",
    "result_of",
    "resume_silence",
    "revert_event_rule",
    "revert_silence",
    "set_reading",
    "settle_flapping_alerts",
    "shelve_alerts",
    "sweep_rules",
    "switch_event_rule",
    "terms_of",
    "terms_tried",
    "try_rule",
    "turn_silences",
    "unacknowledge_alerts",
    "unshelve_alerts",
    "unshelve_due_alerts",
]
