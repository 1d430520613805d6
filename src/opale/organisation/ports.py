"""What organisation needs from rooms above it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opale.kernel.actor import Scope
from opale.organisation.models import User


@dataclass(frozen=True, slots=True)
class ContactIdentity:
    """Who a customer contact's login stands for; `customers` answers it."""

    contact_id: int
    name: str
    customer_id: int
    grants: Mapping[str, Scope]


ContactIdentifier = Callable[[User], ContactIdentity | None]
_identifier: list[ContactIdentifier] = []


def register_contact_identifier(identifier: ContactIdentifier) -> None:
    _identifier[:] = [identifier]


def identity_of_contact(user: User) -> ContactIdentity | None:
    """None when no room knows the contact: such a login may see nothing."""
    return _identifier[0](user) if _identifier else None
