"""How customers and what they buy change: the only writer of this room's tables."""

from opale.customers.actions.contracts import (
    Sold,
    add_option,
    create_contract,
    edit_contract,
    end_given,
    give_plan,
    sell_commitment,
)
from opale.customers.actions.customers import (
    create_contact,
    create_customer,
    edit_contact,
    edit_customer,
    end_contact,
    end_customer,
    take_back_contact,
    take_back_customer,
)
from opale.customers.actions.logins import close_contact_access, invite_contact
from opale.customers.actions.plans import (
    PlanContent,
    Target,
    create_plan,
    refuse_content,
    start_version,
)
from opale.customers.actions.services import (
    create_offering,
    create_service,
    edit_offering,
    edit_service,
    move_service,
)

__all__ = [
    "PlanContent",
    "Sold",
    "Target",
    "add_option",
    "close_contact_access",
    "create_contact",
    "create_contract",
    "create_customer",
    "create_offering",
    "create_plan",
    "create_service",
    "edit_contact",
    "edit_contract",
    "edit_customer",
    "edit_offering",
    "edit_service",
    "end_contact",
    "end_customer",
    "end_given",
    "give_plan",
    "invite_contact",
    "move_service",
    "refuse_content",
    "sell_commitment",
    "start_version",
    "take_back_contact",
    "take_back_customer",
]
