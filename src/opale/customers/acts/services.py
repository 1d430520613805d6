"""Acts of services and support plans: create, change and move."""

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import change, create, form, moves
from opale.customers.actions import plans, services
from opale.customers.acts.subjects import (
    CUSTOMER,
    PLAN,
    PLANS,
    SERVICE,
    SERVICES,
)
from opale.customers.forms.customers import (
    NewServiceForm,
    PlanForm,
    ServiceForm,
    ServiceMoveForm,
)
from opale.customers.rights import EDIT
from opale.customers.states import SERVICE_MOVES

ACTS = (
    create(
        CUSTOMER, services.create_service, "add_service", EDIT, ServiceForm, noun=None,
        page="services/new", made=SERVICE, title=_("New service"), submit=_("Create"), icon="plus",
    ),
    form(
        SERVICES, services.create_service, "create_service", EDIT, NewServiceForm, noun="",
        page=None, made=SERVICE,
    ),
    change(
        SERVICE, services.edit_service, "edit_service", EDIT, ServiceForm,
        title=_("Edit service"), submit=_("Save"), label=_("Edit"), icon="edit", key="e",
    ),
    moves(
        SERVICE, services.move_service, "change_service_state", EDIT, noun=None, page="moves",
        choice="name", among={move.name: move for move in SERVICE_MOVES},
        said=_("Service state changed."),
    ),
    form(
        SERVICE, services.move_service, "move_service", EDIT, ServiceMoveForm, noun="moves",
        page=None, text="Move a service along its life, now or at a time in the past.",
    ),
    create(
        PLANS, plans.create_plan, "create_support_plan", EDIT, PlanForm, noun="", made=PLAN,
        title=_("New support plan"), submit=_("Create"), icon="plus", key="n",
        text="A plan of a new name; it is sold once it has a version.",
    ),
)  # fmt: skip
