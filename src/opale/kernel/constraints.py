"""Violations of database constraints, translated into errors of the trade."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from opale.kernel.errors import OpaleError


@contextmanager
def translate_violations(**refusals: OpaleError) -> Iterator[None]:
    """Raise the error named after the constraint that the block breaks; any other break stays one.

    The block is a savepoint: its writes are undone, the transaction around it goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        refusal = refusals.get(getattr(diagnosis, "constraint_name", None) or "")
        if refusal is None:
            raise
        raise refusal from error
