"""The settings `cityhall init` keeps in the data folder: `secrets/settings.toml`, one line for each, mode 0600.

The environment wins over it. It lies among the secrets because the mail server's password is in it, and so it is
carried by backups and restored with mode 0600.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

NAMES = ("CITYHALL_PUBLIC_URL", "CITYHALL_HOSTS", "CITYHALL_BEHIND_PROXY", "CITYHALL_SMTP_URL", "CITYHALL_MAIL_FROM",
         "CITYHALL_JURISDICTION", "CITYHALL_BACKUP_FOLDER", "CITYHALL_BACKUP_AT", "CITYHALL_BACKUP_KEEP",
         "CITYHALL_BACKUP_MAX_AGE", "CITYHALL_BACKUP_RECIPIENTS")  # fmt: skip
_HEADER = "# Kept by `cityhall init`. Environment variables of the same names win. Restart the city after a change.\n"


class SettingsFileProblem(Exception):
    """The settings file cannot be used; the message says what to do."""


def path(data: Path) -> Path:
    """Return where a data folder's settings file is."""
    return data / "secrets" / "settings.toml"


def given(name: str) -> str | None:
    """Return what the environment says, None when it says nothing; the word "none" there means no value."""
    value = os.environ.get(name)
    return None if not value else "" if value.strip().lower() == "none" else value


def read(data: Path) -> dict[str, str]:
    """Return the kept settings by the name of their variable; none when there is no file.

    Raises:
        SettingsFileProblem: somebody edited the file and it can no longer be understood.
    """
    file = path(data)
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise SettingsFileProblem(f'{file} is no TOML ({problem}). Write lines such as CITYHALL_HOSTS = "…".') from None
    if unknown := sorted(set(found) - set(NAMES)):
        raise SettingsFileProblem(f"{file}: {unknown[0]} does not belong there. Known: {', '.join(NAMES)}.")
    return {name: str(value) for name, value in found.items()}


class SettingsFile:
    """The settings of one data folder. The port `kernel.ports.Installation` says what each method does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def value(self, name: str) -> str:
        """Return a setting as it holds now."""
        found = given(name)
        return read(self.folder).get(name, "") if found is None else found

    def is_fixed(self, name: str) -> bool:
        """Say whether the environment decides."""
        return bool(os.environ.get(name))

    def change(self, values: Mapping[str, str]) -> None:
        """Keep settings; "" forgets one."""
        if unknown := set(values) - set(NAMES):
            raise KeyError(sorted(unknown)[0])
        kept = {name: value for name, value in {**read(self.folder), **values}.items() if value}
        file = path(self.folder)
        file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        part = file.with_suffix(".part")
        # A JSON string without \\u escapes is a TOML string.
        lines = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in sorted(kept.items()))
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(_HEADER + lines)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
