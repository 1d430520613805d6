"""Architecture rules that no linter knows, checked on the syntax tree of each source."""

import ast
from collections.abc import Iterator
from pathlib import Path

GETTEXT = {
    "_",
    *("gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"),
    *("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"),
}
PILLARS = {"run", "delivery", "technical", "tools"}
"""Folders of apps. Any other folder of the package is an app itself, or one of the kits below."""
KITS = {
    *("kernel", "ui", "endpoints", "acts", "conditions", "listings", "reference_tables"),
    "planning",
}
DOORS = {"rights", "states", "facts", "domain", "models", "ports", "queries", "actions"}
ASSEMBLE = {"api", "asgi", "cli", "demo", "environment", "settings", "urls", "web"}
"""Modules that assemble apps, and may import their inner modules."""
WRITES = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}


def faults(package: Path) -> list[str]:
    """Return all breaches, as `file:line: what is wrong`."""
    found = []
    for path in sorted(package.rglob("*.py")):
        where = path.relative_to(package)
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        for line, fault in _faults(list(ast.walk(tree)), where):
            found.append(f"{package.name}/{where}:{line}: {fault}")
    return found


def _faults(nodes: list[ast.AST], where: Path) -> Iterator[tuple[int, str]]:
    # An app's `ready` and pytest's conftest run where Django may not be ready at import.
    if where.name not in {"apps.py", "conftest.py"}:
        yield from _hidden_imports(nodes)
    if where.parts[0].removesuffix(".py") not in ASSEMBLE and "tests" not in where.parts:
        yield from _side_doors(nodes, where)
    if _faces_people(where):
        yield from _direct_access(nodes)
    yield from _broken_sentences(nodes)


def _faces_people(where: Path) -> bool:
    """Return whether a module draws pages or answers programs: it may query and act, never touch
    rows.
    """
    rooms = where.parts[:-1]
    return "tests" not in rooms and (
        "web" in rooms or "api" in rooms or where.name in {"api.py", "views.py"}
    )


def _hidden_imports(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    inside = {node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)}
    inside.difference_update(ast.iter_child_nodes(nodes[0]))
    # Most modules have none, and need no second walk.
    for function in nodes if inside else ():
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            if any(name.split(".")[0] == "opale" for name in names):
                yield node.lineno, "a project import inside a function hides a dependency"


def _side_doors(nodes: list[ast.AST], where: Path) -> Iterator[tuple[int, str]]:
    """Return imports of another app that bypass its public modules."""
    inside = ".".join(("opale", *where.with_suffix("").parts))
    home = _room_of(inside)
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            room = _room_of(name)
            door = _door_of(name, room) if room else ""
            # Filters of lists and fields of forms are declared by the app that has the rows.
            if home and door in {"listings", "forms"} and door == _door_of(inside, home):
                continue
            if room and room != home and door not in DOORS:
                yield node.lineno, f"opale.{room} is entered by {', '.join(sorted(DOORS))}"


def _room_of(module: str) -> str:
    """Return the app that a module belongs to (`run.desk`), or nothing for kits and assembly."""
    package, *parts = module.split(".")
    app = parts[: 2 if parts and parts[0] in PILLARS else 1]
    if package != "opale" or len(parts) <= len(app) or app[0] in KITS | ASSEMBLE:
        return ""
    return ".".join(app)


def _door_of(module: str, room: str) -> str:
    return module.removeprefix(f"opale.{room}.").split(".")[0]


def _direct_access(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    # `Model.objects.none()` reads nothing: a form's field begins with it.
    empty = {
        node.value for node in nodes if isinstance(node, ast.Attribute) and node.attr == "none"
    }
    for node in nodes:
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"objects", "_default_manager"}
            and node not in empty
        ):
            yield node.lineno, f"pages and endpoints read by queries, not by .{node.attr}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in WRITES
            # With a path it declares an endpoint: `router.delete("/{number}")`.
            and not (node.func.attr == "delete" and node.args)
        ):
            yield node.lineno, f"only actions write: .{node.func.attr}() does not belong here"


def _broken_sentences(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in GETTEXT and any(not _is_whole(argument) for argument in _sentences(node, name)):
            yield node.lineno, f"{name}() takes one whole sentence, with named placeholders"


def _sentences(call: ast.Call, name: str) -> list[ast.expr]:
    """Return the arguments that are sentences: not the context, not the number."""
    first = 1 if name.lstrip("n").startswith("pgettext") else 0
    count = 2 if name.startswith("n") else 1
    return call.args[first : first + count]


def _is_whole(argument: ast.expr) -> bool:
    """Return whether an argument is a literal, or a name or value that holds one, never a built
    text.
    """
    if isinstance(argument, ast.JoinedStr | ast.BinOp):
        return False
    return not (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Attribute)
        and argument.func.attr in {"format", "join"}
    )
