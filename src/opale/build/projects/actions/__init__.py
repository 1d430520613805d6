"""Writing projects: opened by an order, led, planned, promised, proved and followed."""

from opale.build.projects.actions.asking import ask_for_somebody, follow_staffing
from opale.build.projects.actions.decomposing import content_for
from opale.build.projects.actions.following import (
    add_action,
    edit_risk,
    raise_risk,
    settle_action,
    write_minutes,
)
from opale.build.projects.actions.leading import edit_project, give_to, move_project, open_project
from opale.build.projects.actions.opening import bring_up_to, follow_order
from opale.build.projects.actions.packages import (
    add_package,
    edit_package,
    move_package,
    move_packages,
)
from opale.build.projects.actions.placing import free_place, place_need
from opale.build.projects.actions.planned import WorkPackages
from opale.build.projects.actions.planning import LIST, follow_leaving, replan_all
from opale.build.projects.actions.proving import (
    accept_deliverable,
    add_deliverable,
    give_evidence,
    hand_in,
    pass_gate,
    refuse_deliverable,
)
from opale.build.projects.actions.reserving import holds, reserve_hours, reserve_needs
from opale.build.projects.actions.slipping import hear_promise, promise, say_slip
from opale.build.projects.actions.templates import drop_template, write_template
from opale.build.projects.actions.wishing import take_over_wish

__all__ = [
    "LIST",
    "WorkPackages",
    "accept_deliverable",
    "add_action",
    "add_deliverable",
    "add_package",
    "ask_for_somebody",
    "bring_up_to",
    "content_for",
    "drop_template",
    "edit_package",
    "edit_project",
    "edit_risk",
    "follow_leaving",
    "follow_order",
    "follow_staffing",
    "free_place",
    "give_evidence",
    "give_to",
    "hand_in",
    "hear_promise",
    "holds",
    "move_package",
    "move_packages",
    "move_project",
    "open_project",
    "pass_gate",
    "place_need",
    "promise",
    "raise_risk",
    "refuse_deliverable",
    "replan_all",
    "reserve_hours",
    "reserve_needs",
    "say_slip",
    "settle_action",
    "take_over_wish",
    "write_minutes",
    "write_template",
]
