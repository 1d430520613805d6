"""Modules imported by a name in quotes, which a type checker cannot follow."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import opale

ROOT = Path(opale.__file__).parent


def test_what_is_asked_of_a_module_imported_late_is_there() -> None:
    asked = [one for path in ROOT.rglob("*.py") for one in late_names(path.read_text("utf-8"))]
    assert len(asked) >= 5
    assert [one for one in asked if not hasattr(import_module(one[0]), one[1])] == []


def test_a_name_that_no_longer_exists_is_found() -> None:
    code = 'def f():\n    solver = import_module("opale.urls")\n    return solver.gone(1)\n'
    assert list(late_names(code)) == [("opale.urls", "gone")]


def late_names(code: str) -> Iterator[tuple[str, str]]:
    """Yield module and attribute for each attribute read of a module imported late."""
    if "import_module(" not in code:
        return
    for scope in ast.walk(ast.parse(code)):
        if not isinstance(scope, ast.FunctionDef):
            continue
        named = {
            node.targets[0].id: module
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            if (module := imported_late(node.value))
        }
        for node in ast.walk(scope):
            if not isinstance(node, ast.Attribute):
                continue
            name = node.value.id if isinstance(node.value, ast.Name) else ""
            if module := named.get(name) or imported_late(node.value):
                yield module, node.attr


def imported_late(node: ast.expr) -> str:
    """Return the name of Opale's module that an expression imports, or nothing."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("import_module"):
        return ""
    first = node.args[0]
    name = first.value if isinstance(first, ast.Constant) else ""
    return name if isinstance(name, str) and name.startswith("opale.") else ""
