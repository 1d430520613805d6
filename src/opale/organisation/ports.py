"""What organisation needs from the apps above: the identity of contacts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opale.kernel.actor import Scope
from opale.organisation.models import User


@dataclass(frozen=True, slots=True)
class ContactIdentity:
    """The contact of a login; `customers` provides it."""

    contact_id: int
    name: str
    customer_id: int
    grants: Mapping[str, Scope]


ContactIdentifier = Callable[[User], ContactIdentity | None]
_identifier: list[ContactIdentifier] = []


def register_contact_identifier(identifier: ContactIdentifier) -> None:
    _identifier[:] = [identifier]


def identity_of_contact(user: User) -> ContactIdentity | None:
    """Return the contact of a login; None if no app knows it: such a login may see nothing."""
    return _identifier[0](user) if _identifier else None
