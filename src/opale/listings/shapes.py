"""Shape of a saved view."""

from ninja import Schema


class ListingViewOut(Schema):
    """`query` holds filters, order and columns as the address of the list does."""

    id: int
    listing: str
    name: str
    query: str
    shared: bool
    person_id: int
    keeper: str
