"""The base of this app's models."""

from opale.kernel.owned import M, OwnedQuerySet

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}


class CustomersQuerySet(OwnedQuerySet[M]):
    read_right = "customers.read"
