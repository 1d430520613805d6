"""The matrix function -> rights: who may see and do what. Documented in docs/reference/access.md."""

from collections.abc import Mapping

from opale.kernel.actor import EVERYTHING, OWN, Scope
from opale.organisation.functions import Function

F = Function

STAFF_READS = {
    "organisation.read": EVERYTHING,
    "customers.read": EVERYTHING,
    "infrastructure.read": EVERYTHING,
    "events.read": EVERYTHING,
    "shifts.read": EVERYTHING,
    "desk.read": EVERYTHING,
}

EMPLOYEE = {
    "organisation.edit_self": OWN,
    "organisation.tokens": OWN,
    "organisation.read": EVERYTHING,
    "desk.read": OWN,
    "desk.request": OWN,
}

DESK = STAFF_READS | {
    "desk.work": EVERYTHING,
    "events.work": EVERYTHING,
    "customers.edit_contacts": EVERYTHING,
}

MATRIX: Mapping[Function, Mapping[str, Scope]] = {
    F.SOLUTION_ARCHITECT: STAFF_READS | {"customers.edit": EVERYTHING},
    F.PROJECT_MANAGER: STAFF_READS | {"customers.edit": EVERYTHING},
    F.BUILD_ENGINEER: STAFF_READS | {"infrastructure.edit": EVERYTHING},
    F.PROVISIONER: STAFF_READS | {"infrastructure.edit": EVERYTHING},
    F.DESK_AGENT: DESK,
    F.RUN_ENGINEER: DESK | {"infrastructure.edit": EVERYTHING},
    F.SERVICE_MANAGER: STAFF_READS | {"customers.edit": EVERYTHING, "desk.work": EVERYTHING},
    F.CORE_ENGINEER: STAFF_READS | {"infrastructure.edit": EVERYTHING, "events.work": EVERYTHING},
    F.TOOLS_ENGINEER: STAFF_READS
    | {"infrastructure.edit": EVERYTHING, "events.administer": EVERYTHING},
    # A group colleague sees only the work asked of the virtual team, and its own requests.
    F.GROUP_COLLEAGUE: {"organisation.read": EVERYTHING, "infrastructure.read": EVERYTHING},
    F.ADMINISTRATOR: STAFF_READS
    | {
        "organisation.edit": EVERYTHING,
        "organisation.administer": EVERYTHING,
        "customers.edit": EVERYTHING,
        "customers.edit_contacts": EVERYTHING,
        "infrastructure.edit": EVERYTHING,
        "events.administer": EVERYTHING,
        "shifts.edit": EVERYTHING,
    },
    F.EMPLOYEE: EMPLOYEE,
}
