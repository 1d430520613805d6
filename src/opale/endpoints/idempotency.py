"""Idempotency-Key: a POST that is sent again is answered again, and done once.

The answer is kept in the transaction of the change itself, so that one exists exactly when the
other does. A refusal is not kept: sending the same again tries again.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from opale.endpoints.models import KeptAnswer
from opale.endpoints.problems import problem
from opale.kernel import locks
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(days=7)
LONGEST = 200

Run = Callable[..., HttpResponse]


def once(run: Run) -> Run:
    """Wrap an operation's run: with the header, a POST happens once per credential and key."""

    @wraps(run)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        credential = str(getattr(request, "credential", ""))
        if request.method != "POST" or not key or not credential:
            return run(request, **values)
        if len(key) > LONGEST or "\x00" in key:
            return problem(Invalid(**{HEADER: _("The key is too long.")}))
        with transaction.atomic():
            locks.hold(f"idempotency:{credential}:{key}")
            kept = KeptAnswer.objects.filter(credential=credential, key=key).first()
            if kept is not None:
                return _again(kept, request)
            response = run(request, **values)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                _keep(response, request, credential, key)
            return response

    return guarded


def forget_old() -> int:
    count, _ = KeptAnswer.objects.filter(kept_at__lt=now() - KEPT_FOR).delete()
    return count


def _digest(request: HttpRequest) -> str:
    return sha256(f"{request.get_full_path()}\n".encode() + request.body).hexdigest()


def _keep(response: HttpResponse, request: HttpRequest, credential: str, key: str) -> None:
    secret = "no-store" in response.headers.get("Cache-Control", "")
    KeptAnswer.objects.create(
        credential=credential,
        key=key,
        request_digest=_digest(request),
        status=response.status_code,
        body="" if secret else response.content.decode(),
        secret=secret,
        content_type=response.headers.get("Content-Type", ""),
        location=response.headers.get("Location", ""),
    )


def _again(kept: KeptAnswer, request: HttpRequest) -> HttpResponse:
    if kept.request_digest != _digest(request):
        return problem(Conflict(_("This key was used for another request.")))
    if kept.secret:
        return problem(
            Conflict(_("This was done already, and its answer held a secret that is not kept."))
        )
    headers = {REPLAYED: "true"}
    if kept.location:
        headers["Location"] = kept.location
    return HttpResponse(
        kept.body, status=kept.status, content_type=kept.content_type, headers=headers
    )
