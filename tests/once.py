"""What runs twice: on the oldest Python and Opale's own PostgreSQL as well (decision 0022).

The second suite of `.ci/run` leaves out what is marked `once`, which is all but what is named here.
Of a rule or an action, types are checked for the oldest Python; every page is drawn on both. With
`--thorough` nothing is marked: all of it runs on both.
"""

from tests.profiles import is_thorough

TWICE = (
    # Every page, and so the SQL of each (its other rows say `once` themselves); PostgreSQL's wall.
    "tests/architecture/test_routes.py",
    "tests/architecture/test_isolation.py",
    "tests/architecture/test_solvers.py",
    # The command line, and what it sets up.
    "tests/cli/test_cli_bootstrap.py",
    "tests/cli/test_cli_postgres.py",
    "tests/cli/test_cli_up.py",
    # What stands directly on the interpreter and the database: locks, jobs, history, migrations.
    "src/opale/kernel/tests/",
    # Mail as the standard library reads and sends it, its servers and their certificates.
    "src/opale/messaging/tests/",
    # Streams, threads and signals of the web server.
    "src/opale/endpoints/tests/test_endpoints_django_bridge.py",
    "src/opale/web/tests/test_web_live.py",
    "src/opale/web/tests/test_web_stopping.py",
    # The demo company as it is loaded; alerts of a real Alertmanager over a socket.
    "src/opale/demo/tests/test_demo_loader.py",
    "src/opale/run/events/tests/test_events_listener.py",
)
"""Files, and folders whole."""
SECOND = "not once"
"""What the second suite asks for by `-m`."""


def is_once(path: str) -> bool:
    """Return whether the tests of a file, by its path from the root, are run once."""
    return not is_thorough() and not path.startswith(TWICE)
