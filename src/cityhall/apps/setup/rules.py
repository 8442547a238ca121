"""Pure decisions: what an answers file says, what a mail server's address looks like, which address residents use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from cityhall.apps.setup.contracts import (
    LANGUAGES,
    SHIPPED,
    Administrator,
    Answers,
    MailServer,
    MapFile,
    NewDepartment,
    Problem,
)

MAP_KINDS = ("boundary", "streets", "addresses", "areas", "assets")
"""What a map file can be, in the order in which they are best loaded."""
_ONE_EACH = ("boundary", "streets", "addresses")
_PLAIN = ("name", "time_zone", "languages", "holidays", "categories", "public_url", "behind_proxy")
_TABLES = {
    "mail": ("host", "port", "user", "password", "starttls", "sender", "test_to"),
    "administrator": ("email", "name", "password"),
}
_MAP_KEYS = ("file", "where", "crs", "code", "title", "code_field", "name_field")


def digest(*parts: str) -> str:
    """Return one SHA-256 for several texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def smtp_url(server: MailServer) -> str:
    """Return a mail server as CITYHALL_SMTP_URL writes it."""
    who = f"{quote(server.user, safe='')}:{quote(server.password, safe='')}@" if server.user else ""
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"smtp{'+tls' if server.starttls else ''}://{who}{host}:{server.port}"


def mail_server(url: str, sender: str) -> MailServer | None:
    """Return what CITYHALL_SMTP_URL says, None when it is empty."""
    if not url:
        return None
    parts = urlsplit(url)
    starttls = parts.scheme == "smtp+tls"
    return MailServer(
        host=parts.hostname or "localhost",
        sender=sender,
        port=parts.port or (587 if starttls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=starttls,
    )


def public_address(text: str) -> str:
    """Return an address as it is kept, "" when it is none: scheme and host, perhaps a port, and no path."""
    cleaned = text.strip().rstrip("/")
    try:
        parts = urlsplit(cleaned)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.path or parts.query)
        _ = parts.port
    except ValueError:
        return ""
    plain = good and not parts.username and " " not in cleaned
    return f"{parts.scheme}://{parts.netloc.lower()}" if plain else ""


def read_answers(raw: Mapping[str, Any], folder: Path) -> tuple[Answers, list[Problem]]:
    """Return what an answers file says, and everything in it that cannot be used.

    Args:
        folder: where the files it names are looked for.
    """
    return _Reader(raw, folder).read()


class _Reader:
    """Reads one answers file, remembering every problem instead of stopping at the first."""

    def __init__(self, raw: Mapping[str, Any], folder: Path) -> None:
        self.raw, self.folder = raw, folder
        self.problems: list[Problem] = []

    def read(self) -> tuple[Answers, list[Problem]]:
        known = (*_PLAIN, *_TABLES, *MAP_KINDS, "departments")
        self._known(self.raw, known, "")
        mail, test_to = self._mail()
        answers = Answers(
            name=self._text(self.raw, "name", ""),
            time_zone=self._text(self.raw, "time_zone", ""),
            languages=self._languages(),
            holidays=self._text(self.raw, "holidays", ""),
            maps=[one for kind in MAP_KINDS for one in self._maps(kind)],
            categories=self._categories(),
            departments=self._departments(),
            mail=mail,
            test_to=test_to,
            public_url=self._address(),
            behind_proxy=self._flag(self.raw, "behind_proxy", ""),
            administrator=self._administrator(),
        )
        return answers, self.problems

    def _wrong(self, field: str, text: str) -> None:
        self.problems.append(Problem(field, text))

    def _known(self, table: Mapping[str, Any], known: Sequence[str], within: str) -> None:
        for key in table:
            if key not in known:
                self._wrong(within + key, f"is not known here. Known are: {', '.join(known)}.")

    def _text(self, table: Mapping[str, Any], key: str, within: str) -> str | None:
        value = table.get(key)
        if value is None or isinstance(value, str):
            return value
        self._wrong(within + key, f"must be text in quotes, not {value!r}.")
        return None

    def _flag(self, table: Mapping[str, Any], key: str, within: str) -> bool | None:
        value = table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong(within + key, f"must be true or false, not {value!r}.")
        return None

    def _table(self, key: str) -> Mapping[str, Any] | None:
        value = self.raw.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(key, f"must be a table: write [{key}] with its lines below.")
            return None
        self._known(value, _TABLES[key], f"{key}.")
        return value

    def _languages(self) -> list[str] | None:
        value = self.raw.get("languages")
        if value is None:
            return None
        if not isinstance(value, list) or not value or not set(map(str, value)) <= set(LANGUAGES):
            self._wrong("languages", f'must be a list of {" and ".join(LANGUAGES)}, as in ["en", "es"].')
            return None
        return [str(code) for code in value]

    def _address(self) -> str | None:
        text = self._text(self.raw, "public_url", "")
        if text is not None and not public_address(text):
            self._wrong("public_url", "must be an address such as https://311.example.gov, without a path.")
            return None
        return text

    def _categories(self) -> str | Path | None:
        text = self._text(self.raw, "categories", "")
        if text is None or text == SHIPPED:
            return text
        return self._file(text, "categories")

    def _file(self, text: str, field: str) -> Path | None:
        path = self.folder / text
        if path.is_file():
            return path
        self._wrong(field, f"there is no file {path}. Paths count from the folder of the answers file.")
        return None

    def _maps(self, kind: str) -> list[MapFile]:
        value = self.raw.get(kind)
        if value is None:
            return []
        several = value if isinstance(value, list) else [value]
        if kind in _ONE_EACH and len(several) > 1:
            self._wrong(kind, "can only be one file. Join them into one.")
        found = [self._map(kind, one, f"{kind}[{at}]" if len(several) > 1 else kind) for at, one in enumerate(several)]
        return [one for one in found if one is not None]

    def _map(self, kind: str, value: Any, field: str) -> MapFile | None:
        table = {"file": value} if isinstance(value, str) else value
        if not isinstance(table, dict) or not isinstance(table.get("file"), str):
            self._wrong(field, 'must name a file, as in "streets.zip" or { file = "streets.zip" }.')
            return None
        self._known(table, _MAP_KEYS, f"{field}.")
        where: Any = table.get("where", {})
        if not isinstance(where, dict):
            self._wrong(f"{field}.where", 'must be a table, as in { geoid = "51710" }.')
            where = {}
        if kind == "assets" and not isinstance(table.get("code"), str):
            self._wrong(f"{field}.code", "must name the layer, as in streetlights.")
        file = self._file(table["file"], field)
        texts = {key: self._text(table, key, f"{field}.") or "" for key in _MAP_KEYS if key not in {"file", "where"}}
        if file is None:
            return None
        return MapFile(
            file, kind, {str(key): str(one) for key, one in where.items()}, texts["crs"], texts["code"],
            texts["title"], texts["code_field"], texts["name_field"],
        )  # fmt: skip

    def _departments(self) -> list[NewDepartment]:
        value = self.raw.get("departments", [])
        found = []
        for at, one in enumerate(value if isinstance(value, list) else [value]):
            name = one.get("name") if isinstance(one, dict) else None
            if not isinstance(name, dict) or not name.get("en") or not isinstance(one.get("code"), str):
                self._wrong(
                    f"departments[{at}]", 'needs code = "streets" and name = { en = "Streets", es = "Calles" }.'
                )
                continue
            self._known(one, ("code", "name"), f"departments[{at}].")
            found.append(NewDepartment(one["code"], {str(tongue): str(text) for tongue, text in name.items()}))
        return found

    def _mail(self) -> tuple[MailServer | None, str]:
        table = self._table("mail")
        if table is None:
            return None, ""
        texts = {key: self._text(table, key, "mail.") for key in ("host", "user", "password", "sender", "test_to")}
        port = table.get("port", 587)
        if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
            self._wrong("mail.port", "must be a number from 1 to 65535, as in 587.")
            port = 587
        for key in ("host", "sender"):
            if not texts[key]:
                self._wrong(f"mail.{key}", "is needed: the mail server's name, and the From address.")
        server = MailServer(
            texts["host"] or "", texts["sender"] or "", port, texts["user"] or "", texts["password"] or "",
            self._flag(table, "starttls", "mail.") is not False,
        )  # fmt: skip
        return server, texts["test_to"] or ""

    def _administrator(self) -> Administrator | None:
        table = self._table("administrator")
        if table is None:
            return None
        texts = {key: self._text(table, key, "administrator.") or "" for key in _TABLES["administrator"]}
        for key in ("email", "name"):
            if not texts[key]:
                self._wrong(f"administrator.{key}", "is needed.")
        return Administrator(texts["email"], texts["name"], texts["password"])
