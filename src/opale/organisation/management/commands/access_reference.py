"""Writes docs/reference/access.md from the matrix of functions and rights."""

from django.core.management.base import BaseCommand
from django.utils import translation

from opale.kernel.actor import Scope
from opale.organisation.queries.access import right_label, rights_in_order
from opale.organisation.queries.matrix import access_matrix
from opale.organisation.rights import Function

HEAD = """# Who may see and do what

Written from each app's `rights.py` by `./opale manage access_reference > docs/reference/access.md`.
A person has the rights of every function held now, and those of an employee. How a right becomes
rows is said in [customer isolation](../rules/customer-isolation.md).

`all`: on everything · `own`: on what is one's own, for a contact on the rows of one customer ·
`shared`: on what belongs to no customer · `teams`: on what belongs to the teams in which the
function is held · `led`: on what belongs to those of them that one leads or manages.
"""


def as_markdown() -> str:
    """The matrix: what each right allows, then one column for each function."""
    with translation.override("en"):
        return "\n".join([HEAD, *_rights(), "", *_matrix()]) + "\n"


def _rights() -> list[str]:
    lines = [f"| `{right}` | {right_label(right)} |" for right in rights_in_order()]
    return ["## Rights", "", "| right | allows to |", "|---|---|", *lines]


def _matrix() -> list[str]:
    matrix = access_matrix()
    functions = [function for function in Function if function in matrix]
    head = " | ".join(str(function.label) for function in functions)
    lines = [
        f"| `{right}` | " + " | ".join(_scope(matrix[f].get(right)) for f in functions) + " |"
        for right in rights_in_order()
    ]
    ruler = "|---" * (len(functions) + 1) + "|"
    return ["## Functions", "", f"| right | {head} |", ruler, *lines]


def _scope(scope: Scope | None) -> str:
    if scope is None:
        return ""
    if scope.everything:
        return "all"
    if scope.own_teams:
        return "teams"
    if scope.led_teams:
        return "led"
    return "shared" if scope.shared else "own"


class Command(BaseCommand):
    help = "Print docs/reference/access.md."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(as_markdown(), ending="")
