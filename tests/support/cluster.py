"""A private PostgreSQL server for one run of the tests.

It lives in a temporary folder, listens on a Unix socket only, and is shared by all workers of the run: whoever asks
first starts it, the process that began the run stops it. PostgreSQL refuses to run as root; there its processes get
the account that the Debian package made.
"""

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

FOLDER_PREFIX = "zhengcheng-pg-"
SUPERUSER = "zhengcheng"
_START_SECONDS = 60


class PostgresMissing(RuntimeError):
    """No PostgreSQL server programs on this machine."""


@dataclass(frozen=True)
class Cluster:
    """A server kept in `folder` (socket, files and log); `durable` turns fsync on."""

    folder: Path
    durable: bool = False

    @property
    def files(self) -> Path:
        """The server's own folder (PGDATA)."""
        return self.folder / "files"

    def url(self, database: str) -> str:
        """SQLAlchemy address of `database` on this server."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """An autocommitting connection, for CREATE and DROP DATABASE."""
        return psycopg.connect(host=str(self.folder), user=SUPERUSER, dbname=database, autocommit=True)

    def ensure_started(self) -> None:
        """Start the server unless another worker has; waits for it.

        Raises PostgresMissing when the programs are not installed, RuntimeError with the server's log when it
        does not come up.
        """
        with locked(self.folder / "start.lock"):
            if (self.files / "postmaster.pid").exists():
                return
            if not (self.files / "PG_VERSION").exists():
                self._initialise()
            self._run("pg_ctl", "start", "--wait", f"--timeout={_START_SECONDS}", f"--log={self.folder / 'log'}")

    def rest(self) -> None:
        """Stop the server if it runs and keep what it holds, to be started again."""
        if (self.files / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "--mode=fast")

    def stop(self) -> None:
        """Stop the server if it runs and remove its folder. Nothing in it is worth a clean shutdown."""
        if self._listens():
            self._run("pg_ctl", "stop", "--mode=immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listens(self) -> bool:
        """Whether somebody answers at the socket. The file with the server's number outlives one that was killed."""
        with socket.socket(socket.AF_UNIX) as caller:
            return caller.connect_ex(str(self.folder / ".s.PGSQL.5432")) == 0

    def _initialise(self) -> None:
        account = _server_account()
        if account is not None:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self._run("initdb", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--no-locale", "--no-sync")
        durability = "on" if self.durable else "off"
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self.folder}'",
            "max_connections": "200",
            "fsync": durability,
            "full_page_writes": durability,
            # A test analyses its tables itself if it wants figures of them; nothing does so while another one looks.
            "autovacuum": durability,
            "timezone": "'UTC'",
            "jit": "off",
        }
        with (self.files / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.writelines(f"{name} = {setting}\n" for name, setting in settings.items())

    def _run(self, program: str, *arguments: str) -> None:
        account = _server_account()
        # A file takes the output: the server inherits it, and a pipe would keep us waiting for the server's end.
        with tempfile.TemporaryFile() as output:
            finished = subprocess.run(
                [str(_server_programs() / program), f"--pgdata={self.files}", *arguments],
                check=False,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                user=None if account is None else account.pw_uid,
                group=None if account is None else account.pw_gid,
                extra_groups=None if account is None else [],
            )
            output.seek(0)
            printed = output.read().decode(errors="replace")
        if finished.returncode != 0:
            log = self.folder / "log"
            server_log = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            raise RuntimeError(f"{program} failed ({finished.returncode}):\n{printed}\n{server_log}")


def new_cluster_folder() -> Path:
    """A folder for the cluster of this process. Its path is short, because socket addresses are (107 bytes)."""
    return Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir="/tmp"))


def stop_orphans() -> list[Path]:
    """Stop servers whose run was killed before it could; returns their folders."""
    orphans = [folder for folder in Path("/tmp").glob(f"{FOLDER_PREFIX}*-*") if _owner_is_gone(folder)]
    for folder in orphans:
        Cluster(folder).stop()
    return orphans


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold `path` against the other workers of this run. The kernel lets go if the holder dies."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _owner_is_gone(folder: Path) -> bool:
    pid = folder.name.removeprefix(FOLDER_PREFIX).split("-", 1)[0]
    return pid.isdigit() and os.access(folder, os.W_OK) and not Path("/proc", pid).exists()


def _server_account() -> pwd.struct_passwd | None:
    """The account to run the server under, or None to run it as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissing("PostgreSQL cannot run as root, and there is no account 'postgres' or 'nobody' to run it.")


def _server_programs() -> Path:
    """Folder of initdb and pg_ctl; the newest version if there are several."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda program: int(program.parts[4].split(".")[0])
    )
    if packaged:
        return packaged[-1].parent
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    raise PostgresMissing("The tests need a PostgreSQL server: run `make test`, or apt-get install postgresql.")
