"""Endpoint of the actor's own API tokens."""

from ninja import Router

from opale.listings.endpoints import list_endpoint
from opale.organisation.listings import TOKENS
from opale.organisation.shapes import TokenOut

router = Router()

list_endpoint(router, "/tokens", TOKENS, TokenOut, name="list_tokens")
