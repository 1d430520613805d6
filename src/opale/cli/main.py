"""Entry point `opale`: the checkout's commands and the production ones.

In a checkout `./opale` calls it: up, test, test-server, check, credentials, manage, translations,
wheel. From an installed wheel: serve, worker, planner, gateway, migrate, and manage. From both:
backup, restore, mail.
"""

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import Any

import opale
from opale import environment
from opale.cli.console import Refused, print_error

# Commands whose words after the name belong to another program.
HANDED_ON = {"manage", "test"}


def main() -> None:
    """Run one command and exit with its code."""
    options = _parser().parse_args(_protect(sys.argv[1:]))
    try:
        code = int(options.run(options) or 0)
    except Refused as refusal:
        print_error(str(refusal))
        code = 1
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 141
    sys.exit(code)


def checkout() -> Path:
    """Return the folder of the sources; only commands for developers need it."""
    root = Path(os.environ.get("OPALE_ROOT") or Path(opale.__file__).parents[2])
    if not (root / "pyproject.toml").exists():
        raise Refused("This command needs a checkout of Opale's sources.")
    return root


def _protect(words: list[str]) -> list[str]:
    """Let the words of `manage` and `test` pass argparse untouched."""
    for position, word in enumerate(words):
        if word in HANDED_ON:
            return [*words[: position + 1], "--", *words[position + 1 :]]
        if not word.startswith("-"):
            break
    return words


def _load(module: str) -> Any:
    """Import the module of a command only when it is called."""
    return importlib.import_module(f"opale.cli.{module}")


def _load_with_django(module: str) -> Any:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
    importlib.import_module("django").setup()
    return _load(module)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opale", description=opale.__doc__)
    parser.add_argument("--version", action="version", version=f"Opale {opale.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_checkout_commands(commands)
    _add_production_commands(commands)
    return parser


def _command(commands: Any, name: str, summary: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    return parser


def _port(word: str) -> int:
    number = int(word) if word.isdecimal() else 0
    if not 1 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{word} is no port: give a number from 1 to 65535")
    return number


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", metavar="DIR", help="the data folder (default: OPALE_DATA, ./var)"
    )


def _add_checkout_commands(commands: Any) -> None:
    up = _command(
        commands,
        "up",
        "start everything: database, migrations, demo company, all processes",
        lambda o: _load("up").run(
            o.data, port=o.port, demo=None if o.no_demo else o.demo_size, root=checkout()
        ),
    )
    _data(up)
    up.add_argument("--port", type=_port, default=8000, help="where the pages are served (8000)")
    up.add_argument("--no-demo", action="store_true", help="begin with an empty company")
    up.add_argument("--demo-size", choices=("small", "large"), default="small")

    test = _command(
        commands,
        "test",
        "run the tests on a database of their own; further words (--thorough) go to pytest",
        lambda o: _load("test").run(checkout(), o.words),
    )
    test.add_argument("words", nargs="*", metavar="WORD")
    _command(
        commands,
        "test-server",
        "keep a database for tests running, which pytest then finds by itself",
        lambda o: _load("test").serve(checkout()),
    )
    check = _command(
        commands,
        "check",
        "linters, types, architecture, migrations, translations",
        lambda o: _load("check").run(checkout(), o.only),
    )
    check.add_argument("only", nargs="*", metavar="CHECK", help="only these checks")
    _command(
        commands,
        "wheel",
        "build the package that production installs, with everything that is served",
        lambda o: _load("wheel").run(checkout()),
    )
    _command(
        commands,
        "translations",
        "bring each room's catalogue up to date with its sources",
        lambda o: _load("translations").update(checkout()),
    )
    credentials = _command(
        commands,
        "credentials",
        "the logins and integrations of the demo company",
        lambda o: _load("credentials").show(o.data, as_json=o.json),
    )
    _data(credentials)
    credentials.add_argument("--json", action="store_true", help="for programs")
    manage = _command(
        commands,
        "manage",
        "Django's management commands on an installation",
        lambda o: _load("manage").run(o.data, o.words),
    )
    manage.add_argument("words", nargs="*", metavar="WORD")
    manage.set_defaults(data=None)


def _add_production_commands(commands: Any) -> None:
    serve = _command(
        commands,
        "serve",
        "the web process: pages, API, live updates, ingest",
        lambda o: _load("web").run(o.host, o.port, o.workers),
    )
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument(
        "--workers",
        type=int,
        default=environment.number("OPALE_WEB_WORKERS", 1),
        help="processes that answer (OPALE_WEB_WORKERS, else 1)",
    )
    for kind, summary in (
        ("worker", "run the jobs that wait in the database"),
        ("planner", "run the heavy jobs: planning, forecasts, reports"),
    ):
        _command(
            commands, kind, summary, lambda o, kind=kind: _load_with_django("worker").run(kind)
        )
    _command(
        commands,
        "gateway",
        "listen to what is not HTTP: mail, syslog, traps",
        lambda o: _load_with_django("gateway").run(),
    )
    mail = commands.add_parser("mail", help="mail by hand", description="mail by hand")
    mails = mail.add_subparsers(title="commands", metavar="COMMAND", required=True)
    deliver = _command(
        mails,
        "deliver",
        "take one mail from standard input, as the pipe of a mail server gives it",
        lambda o: _load("mail").deliver(o.data, o.mailbox, sender=o.sender, recipient=o.to),
    )
    deliver.add_argument("--mailbox", required=True, metavar="ADDRESS", help="whose mail it is")
    deliver.add_argument("--from", dest="sender", default="", help="the envelope's sender")
    deliver.add_argument("--to", default="", help="the envelope's recipient (the mailbox)")
    _data(deliver)
    _command(
        commands,
        "migrate",
        "make the database roles and bring the tables up to date",
        lambda o: _load("migrate").run(),
    )
    saved = _command(
        commands,
        "backup",
        "write database, files and secret key to a new folder, while Opale runs",
        lambda o: _load("backup").run(o.data, o.folder.absolute(), without_key=o.without_key),
    )
    saved.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that is not there yet")
    saved.add_argument(
        "--without-key", action="store_true", help="the secret key is kept somewhere else"
    )
    _data(saved)
    restored = _command(
        commands,
        "restore",
        "put a backup into an empty database, or into a new data folder",
        lambda o: _load("restore").run(o.data, o.folder.absolute()),
    )
    restored.add_argument("folder", type=Path, metavar="FOLDER", help="a folder of opale backup")
    _data(restored)
