"""Endpoints of the installation's own fields of tickets."""

from ninja import Router

from opale.reference_tables.endpoints import endpoints_of
from opale.run.desk.listings.ticket_fields import TICKET_FIELDS

router = Router()

endpoints_of(router, TICKET_FIELDS)
