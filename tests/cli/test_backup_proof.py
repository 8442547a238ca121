"""Encrypted backups, and the rehearsal that says whether one can be restored."""

from __future__ import annotations

import io
import json
import re
import stat
import subprocess
import tarfile
import uuid
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from cityhall.adapters.database.embedded import EmbeddedPostgres, tool

from .conftest import copied

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("backup-proof")]
Run = Callable[..., subprocess.CompletedProcess[str]]


def told(answer: subprocess.CompletedProcess[str]) -> str:
    return " ".join(answer.stderr.split())


@pytest.fixture(scope="module")
def city(restored_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(restored_city, tmp_path_factory.mktemp("proof") / "city")


@pytest.fixture(scope="module")
def plain(cityhall: Run, city: Path) -> Path:
    file = city.parent / "plain.tar"
    assert cityhall(city, "backup", str(file)).returncode == 0
    return file


def repacked(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A backup whose manifest is right for its content, and whose content is not right: made by a wrong program."""
    with tarfile.open(source) as tar, tarfile.open(target, "w") as out:
        sums = {}
        for member in tar:
            body = tar.extractfile(member)
            assert body
            data = change(member.name, body.read())
            if data is None:
                continue
            if member.name == "manifest.json":
                manifest = json.loads(data)
                manifest["sha256"] = sums
                data = json.dumps(manifest).encode()
            sums[member.name] = sha256(data).hexdigest()
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    return target


def test_a_backup_encrypted_for_a_key_opens_with_it_and_with_nothing_else(
    cityhall: Run, city: Path, tmp_path: Path
) -> None:
    key, other, file = tmp_path / "key.txt", tmp_path / "other.txt", tmp_path / "city.tar.age"
    public = cityhall(tmp_path, "backup-key", str(key)).stdout.strip()
    cityhall(tmp_path, "backup-key", str(other))
    assert public.startswith("age1")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    over = cityhall(tmp_path, "backup-key", str(key))
    assert over.returncode == 1
    assert "is there already" in " ".join(over.stderr.split()), "a key is never written over"

    made = cityhall(city, "backup", str(file), CITYHALL_BACKUP_RECIPIENTS=public)
    assert made.returncode == 0, made.stderr
    secret = (city / "secrets" / "secret_key").read_bytes()
    assert secret not in file.read_bytes()
    assert b"manifest.json" not in file.read_bytes()

    cut, text = tmp_path / "cut.tar.age", tmp_path / "notes.txt"
    cut.write_bytes(file.read_bytes()[:100_000])
    text.write_text("the key is in the safe")
    for source, arguments, why in (
        (file, [], "is encrypted"),
        (file, ["--key", str(other)], "Use the key it was made for"),
        (file, ["--key", str(text)], "holds no private key"),
        (cut, ["--key", str(key)], "was cut short or changed"),
        (text, [], "is not a whole Cityhall backup (file could not be opened successfully). Use another backup."),
    ):
        refused = cityhall(tmp_path / "no", "restore", str(source), *arguments)
        assert refused.returncode == 1
        assert "Nothing was restored" in refused.stderr
        assert why in " ".join(refused.stderr.split())
    assert not list(tmp_path.glob("no/*"))

    restored = cityhall(tmp_path / "again", "restore", str(file), "--key", str(key))
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "again" / "secrets" / "secret_key").read_bytes() == secret
    proven = cityhall(tmp_path / "elsewhere", "backup", "--verify", str(file), "--key", str(key))
    assert proven.returncode == 0, proven.stderr
    assert not list((tmp_path / "again").glob("scratch-*"))


def test_who_was_erased_since_is_erased_again(cityhall: Run, plain: Path, tmp_path: Path) -> None:
    def reporters(dump: bytes) -> list[list[str]]:
        (tmp_path / "dump").write_bytes(dump)
        listed = subprocess.run(
            [tool("pg_restore"), "--data-only", "--table=service_requests_reporter", "--file=-", tmp_path / "dump"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        rows = listed.partition("FROM stdin;\n")[2].partition("\n\\.")[0]
        return [row.split("\t") for row in rows.splitlines()]

    def in_backup(file: Path) -> bytes:
        with tarfile.open(file) as tar:
            body = tar.extractfile("database.dump")
            assert body
            return body.read()

    before = reporters(in_backup(plain))
    assert before
    line = {"id": str(uuid.uuid4()), "at": "2026-01-01T00:00:00+00:00", "account": None, "requests": [before[0][0]],
            "follows": [], "whole": False}  # fmt: skip
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "city.tar").write_bytes(plain.read_bytes())
    silent = cityhall(tmp_path / "without", "restore", str(mine / "city.tar"))
    assert "no list of erasures lies beside" in told(silent)
    assert "If the city erased somebody after" in told(silent)
    assert "is back" not in told(silent), "nobody knows whether there was anybody"
    (mine / "erasures.jsonl").write_text(json.dumps(line) + "\n")
    restored = cityhall(tmp_path / "with", "restore", str(mine / "city.tar"), "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["erased_again"] == 1
    again = cityhall(tmp_path / "with", "backup", str(tmp_path / "again.tar"))
    assert again.returncode == 0, again.stderr
    after = {row[0]: row[1:] for row in reporters(in_backup(tmp_path / "again.tar"))}
    assert set(after[before[0][0]]) <= {"", "\\N"}
    assert (tmp_path / "with" / "erasures.jsonl").read_text().count(before[0][0]) >= 1


def test_a_rehearsal_restores_it_all_and_touches_nothing(cityhall: Run, city: Path, plain: Path) -> None:
    def state() -> dict[str, int]:
        files = (path for path in city.rglob("*") if path.is_file() and "postgres" not in str(path.relative_to(city)))
        return {str(path): path.stat().st_mtime_ns for path in files}

    before = state()
    proven = cityhall(city, "backup", "--verify", str(plain), DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert proven.returncode == 0, proven.stderr
    assert "can be restored" in told(proven)
    assert "as many as were backed up" in told(proven)
    assert "3 files looked at" in told(proven)
    assert state() == before
    assert not list(city.glob("scratch-*"))


def test_a_rehearsal_takes_the_previous_releases_backup(cityhall: Run, old_backup: Path, tmp_path: Path) -> None:
    proven = cityhall(tmp_path, "backup", "--verify", str(old_backup))
    assert proven.returncode == 0, proven.stderr
    assert "did not count" in told(proven)
    assert "release 0.1.0" in told(proven)


def test_a_rehearsal_finds_what_a_sum_cannot(cityhall: Run, plain: Path, tmp_path: Path) -> None:
    def less(name: str, data: bytes) -> bytes | None:
        if name.endswith("full.jpg"):
            return data + b"more"
        if name.endswith("thumb.webp"):
            return None
        if name == "audit/head.jsonl":
            return data.replace(b'"hash": "', b'"hash": "0')
        if name == "manifest.json":
            manifest = json.loads(data)
            manifest["rows"]["service_requests_servicerequest"] += 1
            return json.dumps(manifest).encode()
        return data

    wrong = cityhall(tmp_path, "backup", "--verify", str(repacked(plain, tmp_path / "wrong.tar", less)))
    assert wrong.returncode == 1
    for problem in ("has 2 rows, and had 3", "audit chain is broken", "thumb size", "other bytes"):
        assert problem in told(wrong)


@pytest.mark.parametrize(
    ("command", "why"),
    [("copy (select 1) to program 'touch {}';", "external program"), ("\\! touch {}", "restrict")],
    ids=["by the database", "by the program that loads it"],
)
def test_a_hostile_backup_starts_no_program(cityhall: Run, plain: Path, tmp_path: Path, command: str, why: str) -> None:
    """Whoever can write a backup can have the database do what its role may: not what the machine's user may."""
    proof = tmp_path / "started"
    hostile = f"\n{command.format(proof)}\n".encode()

    def put_in(name: str, data: bytes) -> bytes:
        if name != "database.dump":
            return data
        # Inside the text of a function, whose length the dump says before it.
        at = data.index(b"CREATE FUNCTION public.procrastinate_fetch_job_v2")
        length = int.from_bytes(data[at - 4 : at], "little")
        text = re.sub(rb"[ \t]*\n[ \t]+", b"\n", data[at : at + length]).rstrip() + hostile
        assert len(text) <= length
        return data[:at] + text.ljust(length) + data[at + length :]

    made = repacked(plain, tmp_path / "hostile.tar", put_in)
    refused = cityhall(tmp_path / "city", "restore", str(made))
    assert refused.returncode == 1
    assert why in refused.stderr
    assert cityhall(tmp_path / "other", "backup", "--verify", str(made)).returncode == 1
    assert not proof.exists()


def test_a_backup_goes_into_an_empty_database_of_ones_own(cityhall: Run, plain: Path, tmp_path: Path) -> None:
    theirs = EmbeddedPostgres(tmp_path / "theirs", major="16", options={"fsync": "off", "shared_buffers": "16MB"})
    theirs.start()
    try:
        restored = cityhall(tmp_path / "city", "restore", str(plain), DATABASE_URL=theirs.url)
        assert restored.returncode == 0, restored.stderr
        again = cityhall(tmp_path / "more", "restore", str(plain), DATABASE_URL=theirs.url)
        assert again.returncode == 1
        assert "holds a city already (database)" in " ".join(again.stderr.split())
    finally:
        theirs.stop()
