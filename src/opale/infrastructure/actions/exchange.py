"""Import and export of items as files."""

import json
from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.customers.queries.customers import customers
from opale.endpoints.exchange.tables import CellError, Column, Key, Reference, Table, one_of
from opale.infrastructure import rights
from opale.infrastructure.actions.items import create_item, discard_item, edit_item
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries import items
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid


def _text(name: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, name) or "")


def _address(cell: str) -> str | None:
    try:
        return str(ip_address(cell)) if cell else None
    except ValueError:
        raise CellError(_("Enter a valid IP address.")) from None


def _attributes(cell: str) -> dict[str, Any]:
    try:
        found = json.loads(cell or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CellError(_('Enter properties as {"bandwidth_mbps": 1000}.'))
    return found


def _plain(attributes: Mapping[str, Any]) -> str:
    return json.dumps(attributes, ensure_ascii=False, sort_keys=True) if attributes else ""


def _find(rows: QuerySet[Any], keys: Collection[Key]) -> QuerySet[Any]:
    return rows.filter(name__in=[key[0] for key in keys])


def _editable(rows: QuerySet[Any], by: Actor) -> QuerySet[Any]:
    return rows.filter(by.reach(rights.EDIT, ConfigurationItem))


def _create(values: Mapping[str, Any], by: Actor) -> ConfigurationItem:
    fields = dict(values)
    fields["state"] = fields.get("state") or ConfigurationItem.State.IN_SERVICE
    return create_item(by=by, **fields)


def _change(row: ConfigurationItem, values: Mapping[str, Any], by: Actor) -> None:
    if "state" in values:
        raise Invalid(
            state=_("The state of an existing record is changed on its page, not by import.")
        )
    edit_item(row, by=by, **values)


ITEMS = Table(
    name="items",
    label=gettext_lazy("Items"),
    right=rights.EDIT,
    read_right=rights.READ,
    columns=(
        Column("name", gettext_lazy("Name"), _text("name"), required=True),
        Column(
            "kind",
            gettext_lazy("Kind"),
            _text("kind"),
            one_of(*ConfigurationItem.Kind.values),
            required=True,
        ),
        Column(
            "state",
            gettext_lazy("State"),
            _text("state"),
            one_of("", *ConfigurationItem.State.values),
        ),
        Column(
            "site",
            gettext_lazy("Site"),
            lambda row: row.site.code if row.site else "",
            reference=Reference(lambda actor: items.sites(seen_by=actor), "code"),
        ),
        Column(
            "customer",
            gettext_lazy("Customer"),
            lambda row: row.customer.code if row.customer else "",
            reference=Reference(lambda actor: customers(seen_by=actor, standing="all"), "code"),
        ),
        Column(
            "address",
            gettext_lazy("Address"),
            _text("address"),
            _address,
            lambda address: address or "",
        ),
        Column("serial", gettext_lazy("Serial number"), _text("serial")),
        Column(
            "attributes",
            gettext_lazy("Properties"),
            lambda row: _plain(row.attributes),
            _attributes,
            _plain,
        ),
    ),
    identify=lambda texts: (texts.get("name", ""),),
    rows=lambda actor: items.items(seen_by=actor),
    find=_find,
    editable=_editable,
    create=_create,
    change=_change,
    discard=lambda row, by: discard_item(row, by=by),
)
