"""What the environment and the data folder say. Each variable is listed in docs/reference/settings.md."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import tomllib
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from cityhall.adapters.database.embedded import EmbeddedPostgres
from cityhall.config import settings_file


def data_folder() -> Path:
    """Return the city's data folder: CITYHALL_DATA, else `data` below the working directory."""
    return Path(os.environ.get("CITYHALL_DATA") or "data").resolve()


def setting(name: str, default: str = "") -> str:
    """Read a variable; where the environment has none, the settings file in the data folder decides, then `default`.

    The word "none" in the environment puts the file's value aside.
    """
    found = settings_file.given(name)
    return (settings_file.read(data_folder()).get(name) if found is None else found) or default


def spark_server(name: str) -> str:
    """Read the address of a Spark Connect server, "" when there is none to use."""
    url = os.environ.get(name, "").strip()
    if not url:
        return ""
    if not re.fullmatch(r"sc://[^\s/:]+(:[0-9]{1,5})?(/\S*)?", url):
        raise SystemExit(f"{name}: write it like sc://spark.city.example:15002, or take it away.")
    if find_spec("grpc") is None or find_spec("pyspark") is None:
        raise SystemExit(f"{name} needs what speaks Spark Connect. Run: pip install 'cityhall[spark]'")
    return url


def flag(name: str, default: bool = False) -> bool:
    """Read a yes/no variable."""
    value = setting(name).strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def words(name: str, default: str = "") -> list[str]:
    """Read a comma-separated variable."""
    return [word.strip() for word in setting(name, default).split(",") if word.strip()]


def networks(name: str) -> list[str]:
    """Read a comma-separated variable of networks ("10.20.0.0/16"). One that is none stops the start."""
    found = words(name)
    for network in found:
        try:
            ipaddress.ip_network(network)
        except ValueError as problem:
            raise SystemExit(f"{name}: {problem}. Write networks like 10.20.0.0/16, or take it away.") from problem
    return found


def secret(name: str) -> str:
    """Return a secret: the variable CITYHALL_<NAME>, else a file in `secrets/`, made with mode 0600 the first time."""
    if given := os.environ.get(f"CITYHALL_{name.upper()}"):
        return given
    file = data_folder() / "secrets" / name
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        for folder in (data_folder(), file.parent):
            folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        part = file.with_name(f".{name}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # a process that starts beside us made it: both take the first, and whole
            os.link(part, file)
        part.unlink()
        return file.read_text().strip()


def single_sign_on() -> dict[str, object]:
    """Return what `secrets/sso.toml` in the data folder says; nothing when there is none.

    A file that is no TOML stops the start: silently without it, nobody of the staff could come in.
    """
    file = data_folder() / "secrets" / "sso.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise SystemExit(f"{file} is not TOML: {problem}. Mend it, or take it away.") from problem


def given_secret(name: str, variable: str) -> str:
    """Return a secret that somebody else made: the variable, else the file in `secrets/`, else ""."""
    if given := os.environ.get(variable):
        return given
    try:
        return (data_folder() / "secrets" / name).read_text().strip()
    except FileNotFoundError:
        return ""


def from_environment(name: str) -> bool:
    """Say whether a secret is given by the environment rather than by its file."""
    return bool(os.environ.get(f"CITYHALL_{name.upper()}"))


def former_secrets(name: str) -> list[str]:
    """Return values a secret had before and is still taken with: CITYHALL_<NAME>_OLD, else the file `<name>.old`."""
    if given := os.environ.get(f"CITYHALL_{name.upper()}_OLD"):
        return given.split()
    try:
        return (data_folder() / "secrets" / f"{name}.old").read_text().split()
    except FileNotFoundError:
        return []


def write_secret(name: str, text: str) -> None:
    """Write a file of `secrets/`, mode 0600, whole or not at all."""
    file = data_folder() / "secrets" / name
    file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    part = file.with_name(f".{name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def database_url() -> str:
    """Return DATABASE_URL, else the embedded server's URL ("" before it was first started)."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    try:
        return EmbeddedPostgres(data_folder()).url
    except FileNotFoundError:
        return ""


def backup_recipients() -> list[str]:
    """Return the public keys backups are encrypted for; none leaves them readable."""
    return words("CITYHALL_BACKUP_RECIPIENTS")


def django_database(url: str) -> dict[str, object]:
    """Turn a postgresql:// URL into Django's settings for it; it may name several hosts, as libpq takes.

    What Django has no name for (`sslmode`, `target_session_attrs`…) goes to the driver as it is.
    """
    given = conninfo_to_dict(url) if url else {}
    return {
        "ENGINE": "cityhall.adapters.database.postgresql",
        "NAME": given.pop("dbname", None) or "cityhall",
        "USER": given.pop("user", None) or "",
        "PASSWORD": given.pop("password", None) or "",
        "HOST": given.pop("host", None) or "",
        "PORT": given.pop("port", None) or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "cityhall", **given},
    }
