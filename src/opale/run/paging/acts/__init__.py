"""Acts of paging, for people and programs."""

from opale.run.paging.acts import contacts, mobilisations, slips

ACTS = (*contacts.ACTS, *mobilisations.ACTS, *slips.ACTS)
