"""A real PostgreSQL and a real local Spark, each started by its fixture and stopped at the end of the run."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from servicekit.sla import OUTCOME_COLUMNS, Outcome, from_row
from tests.ports import free_port

if TYPE_CHECKING:
    import psycopg
    from pyspark.sql import SparkSession

Absent = Callable[[str], NoReturn]


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; Debian keeps it off the PATH, by version."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return Path(found).parent if found else debian[-1].parent if debian else None


def as_postgres(*command: str | Path, cwd: Path) -> None:
    """Run a server program; PostgreSQL refuses to run as root, so root runs it as the user ``postgres``."""
    user = "postgres" if os.geteuid() == 0 else None
    log = cwd / "commands.log"
    with log.open("ab") as output:
        subprocess.run(command, cwd=cwd, user=user, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=True)


class PostgresServer:
    """A cluster in a temporary folder; ``options`` are settings of the server."""

    def __init__(self, programs: Path, *options: str) -> None:
        self._folder, self._port = Path(tempfile.mkdtemp(prefix="servicekit-pg-")), free_port()
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        self._control = (programs / "pg_ctl", "-D", self._folder / "data", "-w", "-t", "60")
        where = ("listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}", *options)
        self._settings = " ".join((f"-p {self._port}", *(f"-c {each}" for each in where)))
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        initdb = (programs / "initdb", "-D", self._folder / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8")
        as_postgres(*initdb, "--locale=C.UTF-8", "--no-sync", cwd=self._folder)

    def start(self) -> None:
        as_postgres(*self._control, "-l", self._folder / "log", "-o", self._settings, "start", cwd=self._folder)

    def stop(self, mode: str = "fast") -> None:
        """``fast`` ends sessions and writes all down; ``immediate`` is a crash: what was not on the disk is lost."""
        as_postgres(*self._control, "-m", mode, "stop", cwd=self._folder)

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def running(server: PostgresServer) -> Iterator[PostgresServer]:
    try:
        server.start()
        yield server
        server.stop()
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres_folder(absent: Absent) -> Path:
    """Where the programs of PostgreSQL are."""
    programs = postgres_programs()
    if programs is None:
        absent("PostgreSQL is not installed (no initdb)")
    return programs


@pytest.fixture(scope="session")
def postgres_url(postgres_folder: Path) -> Iterator[str]:
    """The address of an empty PostgreSQL, durable for as long as the test run lasts and no longer."""
    with running(PostgresServer(postgres_folder, "fsync=off")) as server:
        yield server.url


@pytest.fixture(scope="session")
def durable_postgres(postgres_folder: Path) -> Iterator[PostgresServer]:
    """An empty PostgreSQL that keeps what it acknowledges, as in production; it can be crashed and started again."""
    with running(PostgresServer(postgres_folder, "fsync=on", "synchronous_commit=on")) as server:
        yield server


@pytest.fixture
def postgres(postgres_url: str, absent: Absent) -> Iterator[psycopg.Connection]:
    """A connection whose work is rolled back when the test ends."""
    try:
        import psycopg
    except ModuleNotFoundError:
        absent("psycopg is not installed (extra: postgres)")
    with psycopg.connect(postgres_url) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def spark(absent: Absent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A Spark of two threads on this machine, that listens on loopback only."""
    if shutil.which("java") is None:
        absent("Java is not installed")
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        absent("pyspark is not installed (extra: spark)")
    os.environ.update(PYSPARK_PYTHON=sys.executable, PYSPARK_DRIVER_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
    builder = SparkSession.builder.master("local[2]").appName("servicekit")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def outcomes_csv(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUT.csv of the example service desk, as the command line writes it."""
    desk, out = root / "examples" / "service_desk", tmp_path_factory.mktemp("outcomes") / "OUT.csv"
    program = Path(sys.executable).with_name("servicekit")
    documents = (desk / "policy.yaml", desk / "tickets.csv", "--columns", desk / "columns.yaml")
    subprocess.run([program, "report", *documents, "--outcomes", out], check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def outcomes(outcomes_csv: Path) -> list[Outcome]:
    """The same outcomes, read back by the library."""
    with outcomes_csv.open(encoding="utf-8", newline="") as file:
        columns, *rows = csv.reader(file)
    assert tuple(columns) == OUTCOME_COLUMNS
    return [from_row(row) for row in rows]
