"""Count what the house costs: doors written by hand, acts declared, names, lines, places of a room.

    .venv/bin/python bench/house.py              # this tree
    .venv/bin/python bench/house.py --json       # the same, to compare two trees

A page or an endpoint that `opale.acts` makes is declared, not written by hand, so it is not counted
among these. Nothing is imported: the sources are read.
"""

import argparse
import ast
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = "src/opale"
WRITING: Final = frozenset({"post", "put", "patch", "delete"})
DECLARED: Final = frozenset({"form", "button", "create", "change", "remove", "moves"})
ROOMS_OUTSIDE: Final = ("tests", "docs", "src/opale", ".importlinter", "CHANGELOG.md")


class Module:
    """One source file."""

    def __init__(self, root: Path, path: Path) -> None:
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.name = path.stem

    @property
    def is_product(self) -> bool:
        return "/tests/" not in self.path and "/migrations/" not in self.path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def functions(self) -> Iterator[ast.FunctionDef]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef))

    def classes(self) -> Iterator[ast.ClassDef]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


def modules(root: Path) -> list[Module]:
    """Return the product's source files, without tests and migrations."""
    found = (Module(root, path) for path in sorted((root / PACKAGE).rglob("*.py")))
    return [one for one in found if one.is_product]


def called(node: ast.AST) -> Iterator[str]:
    """Return the plain names of what is called within a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            if isinstance(inner.func, ast.Name):
                yield inner.func.id
            elif isinstance(inner.func, ast.Attribute):
                yield inner.func.attr


def decorators(function: ast.FunctionDef) -> list[str]:
    return [ast.unparse(one) for one in function.decorator_list]


def form_pages(found: list[Module]) -> int:
    """Count functions that draw a page with one form, written by hand."""
    return sum(
        "form_page" in set(called(function))
        for module in found
        if "form_page(" in module.text
        for function in module.functions()
    )


def post_views(found: list[Module]) -> int:
    """Count views that take nothing but a POST, written by hand."""
    return sum(
        "require_POST" in decorators(function)
        for module in found
        for function in module.functions()
    )


def writing_endpoints(found: list[Module]) -> int:
    """Count endpoints that write, written by hand."""
    return sum(
        any(re.match(rf"\w+\.(?:{'|'.join(WRITING)})\(", said) for said in decorators(function))
        for module in found
        for function in module.functions()
    )


def bodies(found: list[Module]) -> int:
    """Count shapes of what programs send, written by hand, as they are named."""
    return sum(
        bool(re.search(r"^New[A-Z]|Changes$|In$", kind.name))
        for module in found
        if "/api" in module.path
        for kind in module.classes()
    )


def declared_acts(found: list[Module]) -> int:
    """Count acts that are declared."""
    count = 0
    for module in found:
        if not re.search(r"/acts(?:/\w+)?\.py$", module.path) or module.path.startswith(
            f"{PACKAGE}/acts/"
        ):
            continue
        count += sum(name in DECLARED for name in called(module.tree))
    return count


def gerunds(found: list[Module]) -> int:
    """Count modules whose names end in -ing."""
    return sum(module.name.endswith("ing") for module in found)


def lines(found: list[Module]) -> int:
    return sum(module.text.count("\n") for module in found)


def places(root: Path, room: str) -> int:
    """Count the files outside its folder in which a room is named."""
    folder = f"{PACKAGE}/{room.replace('.', '/')}/"
    asked = ["git", "grep", "-lE", rf"opale\.{re.escape(room)}\b|\b{room.rpartition('.')[2]}\.toml"]
    named = subprocess.run(
        [*asked, "--", *ROOMS_OUTSIDE], cwd=root, capture_output=True, text=True, check=False
    ).stdout.split()
    ours = (PACKAGE + "/web/", PACKAGE + "/api/", PACKAGE + "/cli/", PACKAGE + "/demo/")
    singles = (f"{PACKAGE}/settings.py", f"{PACKAGE}/access.py", ".importlinter")
    return sum(
        not name.startswith(folder)
        and (name in singles or name.startswith((*ours, "tests/architecture", "docs/")))
        for name in named
    )


def rooms(root: Path) -> list[str]:
    """Return the apps of the trade: every folder with an `apps.py` and tables."""
    package = root / PACKAGE
    apps = (
        path.parent for path in package.rglob("apps.py") if (path.parent / "migrations").is_dir()
    )
    named = sorted(".".join(path.relative_to(package).parts) for path in apps)
    return [name for name in named if name not in {"kernel", "endpoints"}]


def counts(root: Path) -> dict[str, int]:
    """Return every count by its name."""
    found = modules(root)
    of_rooms = [places(root, room) for room in rooms(root)]
    return {
        "form_page views written by hand": form_pages(found),
        "POST views written by hand": post_views(found),
        "writing endpoints written by hand": writing_endpoints(found),
        "bodies written by hand": bodies(found),
        "acts declared": declared_acts(found),
        "modules": len(found),
        "modules ending in -ing": gerunds(found),
        "product Python lines, without tests and migrations": lines(found),
        "places that name a room outside its folder, most": max(of_rooms),
        "places that name a room outside its folder, median": sorted(of_rooms)[len(of_rooms) // 2],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what the house costs.")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--root", type=Path, default=ROOT, help="another tree of the same house")
    asked = parser.parse_args()
    found = counts(asked.root)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    width = max(map(len, found))
    for name, count in found.items():
        print(f"{name:<{width}}  {count:>7,}")


if __name__ == "__main__":
    main()
