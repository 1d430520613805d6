"""What may be done to alerts, integrations and rules. The only writer of this room."""

from opale.run.events.actions.alerts import (
    acknowledge_alerts,
    close_alerts,
    close_quiet_alerts,
    reopen_alert,
    unacknowledge_alerts,
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
    name_labels,
    remove_rule,
)
from opale.run.events.actions.qualifying import qualify_due_alerts

__all__ = [
    "acknowledge_alerts",
    "add_key",
    "add_rule",
    "close_alerts",
    "close_quiet_alerts",
    "create_integration",
    "drop_old_days",
    "edit_integration",
    "edit_rule",
    "expire_key",
    "forget_old",
    "forget_unreadable",
    "ingest",
    "name_labels",
    "open_days_ahead",
    "qualify_due_alerts",
    "remove_rule",
    "reopen_alert",
    "unacknowledge_alerts",
]
