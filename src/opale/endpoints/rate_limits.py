"""Limits of calls of the API: of each login, and of each of its tokens."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpResponse

from opale.endpoints import problems, tmf
from opale.endpoints.http import ActorRequest
from opale.kernel.errors import TooMany
from opale.kernel.rate_limits import RateLimit

MINUTE: Final = timedelta(minutes=1)

OF_LOGINS: Final = RateLimit(lambda: settings.API_CALLS_PER_LOGIN, MINUTE)
OF_TOKENS: Final = RateLimit(lambda: settings.API_CALLS_PER_TOKEN, MINUTE)
"""A token may less than its login, so that one program leaves something to the others."""


def refuse_call(request: ActorRequest) -> HttpResponse | None:
    """Return 429 to a call beyond what its token or its login may make; None for all others."""
    if request.actor.user_id is None:
        return None  # nobody's, and refused by the endpoint
    try:
        if request.credential.startswith("token:"):
            OF_TOKENS.take(request.credential)
        OF_LOGINS.take(request.actor.key)
    except TooMany as error:
        by_tmf = request.path.startswith(f"/{tmf.ROOT}/")
        return tmf.error_for(error) if by_tmf else problems.problem(error)
    return None
