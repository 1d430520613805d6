"""The matrix of functions and rights, merged from the `rights` of every app."""

from collections.abc import Mapping
from functools import cache

from opale.kernel.actor import Scope
from opale.kernel.discovery import app_modules
from opale.organisation.rights import Function, Right

Matrix = Mapping[Function, Mapping[str, Scope]]


@cache
def declared_rights() -> Mapping[str, Right]:
    """Return every right of every app by its code, in the order of the layers.

    Errors: ValueError when two apps declare one right.
    """
    found: dict[str, Right] = {}
    for _config, module in app_modules("rights"):
        rights: Mapping[str, Right] = getattr(module, "RIGHTS", {})
        if twice := rights.keys() & found.keys():
            raise ValueError(f"{module.__name__} declares {', '.join(sorted(twice))} again")
        found |= rights
    return found


@cache
def access_matrix() -> Matrix:
    """Return function -> right -> scope."""
    matrix: dict[Function, dict[str, Scope]] = {function: {} for function in Function}
    for code, right in declared_rights().items():
        for function, scope in right.scopes().items():
            matrix[function][code] = scope
    return matrix
