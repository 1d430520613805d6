"""Idempotency-Key: a repeated POST gets the same answer, and is done once.

The answer is kept in the transaction of the change itself, so that one exists exactly when the
other does. Repeats are rare: a repeat is done again, found to exist and undone, so that first
requests need no look-up. A refusal is not kept: repeating the request tries again.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.endpoints.http import SESSION, ActorRequest
from opale.endpoints.models import KeptAnswer
from opale.endpoints.problems import problem
from opale.kernel.attribution import attributed_whole
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.prepared_statements import prepared_cursor, typed

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(days=7)
LONGEST = 200
USED = gettext_lazy("This key was already used for another request.")

Run = Callable[..., HttpResponse]


def idempotent(run: Run) -> Run:
    """Wrap an operation's run: with the header, a POST happens once per credential and key."""

    @wraps(run)
    def guarded(request: ActorRequest, **values: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        credential = _whose(request)
        if request.method != "POST" or not key or not credential:
            return run(request, **values)
        if len(key) > LONGEST or "\x00" in key:
            return problem(Invalid(**{HEADER: _("The key is too long.")}))
        response, done, failure = HttpResponse(), False, None
        try:
            with attributed_whole(request.actor):
                response = run(request, **values)
                done = response.status_code < 400
                if done and _keep(response, request, credential, key):
                    return response
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001  # what was done before may be what it fails on
            failure = error
        kept = KeptAnswer.objects.filter(credential=credential, key=key).first()
        if kept is not None:
            return _again(kept, request)
        if failure is not None:
            raise failure
        return problem(Conflict(str(USED))) if done else response

    return guarded


def delete_expired() -> int:
    count, _ = KeptAnswer.objects.filter(kept_at__lt=now() - KEPT_FOR).delete()
    return count


def _whose(request: ActorRequest) -> str:
    """Return the owner of a kept answer: the token, or of a session its user."""
    if request.credential == SESSION:
        return f"{SESSION}:{request.actor.key}"
    return request.credential


def _digest(request: HttpRequest) -> str:
    """Return the digest of the request. Files have been read already, and count by their names and
    bytes: the boundary between the parts of a form is new each time it is sent.
    """
    digest = sha256(f"{request.get_full_path()}\n".encode())
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name, values in sorted(request.POST.lists()):
        digest.update(json.dumps([name, values]).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(json.dumps([name, file.name, file.size]).encode())
            for chunk in file.chunks():
                digest.update(chunk)
    return digest.hexdigest()


_KEEP = """
    INSERT INTO endpoints_keptanswer (
        credential, key, request_digest, status, body, secret, content_type, location, kept_at
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (credential, key) DO NOTHING
"""


def _keep(response: HttpResponse, request: HttpRequest, credential: str, key: str) -> bool:
    """Return whether this was the first time; of two at the same moment the second waits here."""
    secret = "no-store" in response.headers.get("Cache-Control", "")
    values = (
        credential,
        key,
        _digest(request),
        response.status_code,
        "" if secret else response.content.decode(),
        secret,
        response.headers.get("Content-Type", ""),
        response.headers.get("Location", ""),
        now(),
    )
    with prepared_cursor() as cursor:
        cursor.execute(_KEEP, typed(values))
        return bool(cursor.rowcount)


def _again(kept: KeptAnswer, request: HttpRequest) -> HttpResponse:
    if kept.request_digest != _digest(request):
        return problem(Conflict(str(USED)))
    if kept.secret:
        return problem(
            Conflict(_("Already processed: the answer held a secret that is not stored."))
        )
    headers = {REPLAYED: "true"}
    if kept.location:
        headers["Location"] = kept.location
    return HttpResponse(
        kept.body, status=kept.status, content_type=kept.content_type, headers=headers
    )
