"""Acts of configuration items: create, change, move and connect."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, change, create, form, moves, place, remove
from opale.customers.models import Service
from opale.infrastructure.actions import items
from opale.infrastructure.forms import (
    DependencyForm,
    ItemForm,
    ItemMoveForm,
    ServiceLinkForm,
)
from opale.infrastructure.models import (
    ConfigurationItem,
    Dependency,
    ServiceItem,
)
from opale.infrastructure.queries import items as item_queries
from opale.infrastructure.rights import EDIT
from opale.infrastructure.shapes import ItemOut, NeedOut, StandOut
from opale.infrastructure.states import ITEM_MOVES
from opale.kernel.actor import Actor


def place_of_item(item: ConfigurationItem) -> Place:
    return reverse("infrastructure_item", args=[item.pk]), item.name


def end_need(link: Dependency, *, by: Actor) -> None:
    """The item does not need the other one any more."""
    items.disconnect_items(link.upper, link.lower, by=by)


def add_standing_service(
    item: ConfigurationItem, *, by: Actor, service: Service, redundancy: str = ""
) -> ServiceItem:
    """Say that a service stands on the item."""
    return items.link_service(service, item, by=by, redundancy=redundancy)


def end_standing_service(link: ServiceItem, *, by: Actor) -> None:
    """The service does not stand on the item any more."""
    items.unlink_service(link.service, link.item, by=by)


ITEMS: Subject[ConfigurationItem] = Subject(
    name="items", page="items/", endpoint="/items",
    home=place("infrastructure_items", _("Items")),
)  # fmt: skip
ITEM = Subject(
    name="item", model=ConfigurationItem, shape=ItemOut, get=item_queries.get_item,
    home=place_of_item, rows=item_queries.plain_items, page="items/<int:item_id>/",
    endpoint="/items/{int:item_id}",
)  # fmt: skip
NEED = Subject(
    name="need", model=Dependency, within=ITEM, above="upper", column="lower_id",
    get=item_queries.get_dependency, home=lambda link: place_of_item(link.upper),
    page="needs/<int:lower_id>/", endpoint="/items/{int:item_id}/needs/{int:lower_id}",
)  # fmt: skip
STANDING = Subject(
    name="standing", model=ServiceItem, within=ITEM, column="service_id",
    get=item_queries.get_service_link, home=lambda link: place_of_item(link.item),
    page="services/<int:service_id>/", endpoint="/items/{int:item_id}/services/{int:service_id}",
)  # fmt: skip
ACTS = (
    create(
        ITEMS, items.create_item, "create_item", EDIT, ItemForm, noun="", made=ITEM,
        title=_("New item"), submit=_("Create"),
    ),
    change(
        ITEM, items.edit_item, "edit_item", EDIT, ItemForm, title=_("Edit the item"),
        submit=_("Save"), label=_("Edit"), icon="edit", key="e",
    ),
    moves(
        ITEM, items.move_item, "change_item_state", EDIT, noun=None, page="moves", choice="name",
        among={move.name: move for move in ITEM_MOVES},
        said=_("Item state changed."),
    ),
    form(
        ITEM, items.move_item, "move_item", EDIT, ItemMoveForm, noun="moves", page=None,
        text="Move an item along its life, now or at a time in the past.",
    ),
    create(
        ITEM, items.connect_items, "add_need", EDIT, DependencyForm, noun="needs", made=NeedOut,
        title=_("Add dependency"), submit=_("Add"), label=_("Dependency"), icon="plus",
        key="d",
        text="Say that the item needs another one; said again, its redundancy group changes.",
    ),
    remove(
        NEED, end_need, "end_need", EDIT, page="end", label=_("Remove"), tone="ghost",
        said=_("Dependency of %(item)s removed."),
    ),
    create(
        ITEM, add_standing_service, "add_standing_service", EDIT, ServiceLinkForm, noun="services",
        made=StandOut, title=_("Add dependent service"), submit=_("Add"),
        label=_("Service"), icon="plus", key="s",
    ),
    remove(
        STANDING, end_standing_service, "end_standing_service", EDIT, page="end", label=_("Remove"),
        tone="ghost", said=_("The service no longer depends on this item."),
    ),
)  # fmt: skip
