"""Whole files: in parts, with a mark of their own, packed or not, and gone with their snapshot."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.opendata.conftest import TREES

from cityhall.apps.opendata import public, queries, services
from cityhall.apps.opendata.models import Dataset
from cityhall.apps.opendata.rules.ranges import Unsatisfiable, asked
from cityhall.apps.opendata.services import files
from cityhall.config import archive
from cityhall.kernel.actors import system

CLERK = system("test")
ENDS = st.one_of(st.just(""), st.integers(0, 10**19))


def body(response) -> bytes:
    return response.getvalue()


def kept() -> list[str]:
    home = queries.home_of(Dataset.objects.get().id)
    return sorted(file.relative_to(home).as_posix() for file in home.glob("*/files/*"))


class TestParts:
    @pytest.mark.parametrize(
        ("header", "part"),
        [
            ("bytes=0-0", (0, 1)), ("bytes=2-5", (2, 4)), ("bytes=7-", (7, 3)), ("bytes=-4", (6, 4)),
            ("BYTES= 2-3 ", (2, 2)),
            ("bytes=5-999", (5, 5)), ("bytes=-999", (0, 10)),
            ("", None), ("bytes=-", None), ("bytes=5-2", None), ("bytes=0-1,4-5", None), ("rows=0-1", None),
            ("bytes=a-b", None), ("bytes=٣-", None), ("bytes=" + "9" * 40 + "-", None),
        ],
    )  # fmt: skip
    def test_one_part_is_read_and_what_is_none_is_the_whole(self, header, part):
        assert asked(header, 10) == part

    @pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0", f"bytes={'9' * 18}-"])
    def test_what_begins_after_the_end_is_none(self, header):
        with pytest.raises(Unsatisfiable):
            asked(header, 10)

    @given(st.one_of(st.text(), st.builds("bytes={}-{}".format, ENDS, ENDS)), st.integers(0, 10**15))
    def test_any_header_asks_for_what_is_there_or_for_nothing(self, header, size):
        try:
            part = asked(header, size)
        except Unsatisfiable:
            return
        assert part is None or (part[0] >= 0 and part[1] > 0 and sum(part) <= size)


@pytest.mark.django_db
class TestAtTheDoor:
    @pytest.mark.parametrize("fmt", ["csv", "jsonl", "parquet", "xlsx"])
    def test_its_parts_are_the_whole(self, client, publish, fmt):
        address = f"/api/views/{publish().id}/rows.{fmt}"
        first = client.get(address)
        whole = body(first)
        assert (first.status_code, first["Accept-Ranges"], int(first["Content-Length"])) == (200, "bytes", len(whole))
        middle = len(whole) // 2
        begun = client.get(address, headers={"Range": f"bytes=0-{middle - 1}"})
        rest = client.get(address, headers={"Range": f"bytes={middle}-", "If-Range": first["ETag"]})
        assert (begun.status_code, rest.status_code) == (206, 206)
        assert rest["Content-Range"] == f"bytes {middle}-{len(whole) - 1}/{len(whole)}"
        assert int(rest["Content-Length"]) == len(whole) - middle
        assert body(begun) + body(rest) == whole
        assert first["ETag"] == rest["ETag"]
        assert not first["ETag"].startswith("W/")

    def test_it_holds_what_a_query_for_everything_answers(self, client, publish):
        code = publish().id
        for fmt in ("csv", "jsonl"):
            file = body(client.get(f"/api/views/{code}/rows.{fmt}"))
            assert file == body(client.get(f"/api/views/{code}/rows.{fmt}?$offset=0"))
        table = pq.read_table(io.BytesIO(body(client.get(f"/api/views/{code}/rows.parquet"))))
        assert sorted(table["species"].to_pylist()) == sorted(row[1] for row in TREES[1:])

    def test_a_part_of_another_file_than_the_reader_began_is_the_whole(self, client, publish):
        address = f"/api/views/{publish().id}/rows.csv"
        old = client.get(address)
        body(old)
        publish(TREES[:-1])
        for begun in (old["ETag"], old["Last-Modified"], '"x"'):
            answer = client.get(address, headers={"Range": "bytes=5-", "If-Range": begun})
            assert answer.status_code == 200
            assert b"Mission" not in body(answer)

    def test_what_begins_after_the_end_is_416_with_the_length(self, client, publish):
        address = f"/api/views/{publish().id}/rows.csv"
        size = len(body(client.get(address)))
        refused = client.get(address, headers={"Range": f"bytes={size}-"})
        assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{size}")

    def test_head_and_those_who_have_it_get_headers_alone(self, client, publish):
        address = f"/api/views/{publish().id}/rows.csv"
        whole = client.get(address)
        head = client.head(address, headers={"Range": "bytes=0-1"})
        assert (head.status_code, int(head["Content-Length"]), body(head)) == (200, len(body(whole)), b"")
        assert client.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
        assert client.get(address, headers={"If-Match": '"x"'}).status_code == 412

    def test_packed_it_is_another_file_with_a_mark_of_its_own(self, client, publish):
        address = f"/api/views/{publish().id}/rows.csv"
        plain = client.get(address)
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        whole, sent = body(plain), body(packed)
        assert (packed["Content-Encoding"], int(packed["Content-Length"])) == ("gzip", len(sent))
        assert "Accept-Encoding" in packed["Vary"]
        assert "Accept-Encoding" in plain["Vary"]
        assert gzip.decompress(sent) == whole
        assert packed["ETag"] != plain["ETag"]
        more = {"Accept-Encoding": "gzip", "Range": "bytes=10-"}
        rest = client.get(address, headers={**more, "If-Range": packed["ETag"]})
        assert (rest["Content-Encoding"], body(rest)) == ("gzip", sent[10:])
        assert body(client.get(address, headers=more)) == whole[10:]

    def test_a_query_is_answered_as_ever_and_leaves_no_file(self, client, publish):
        code = publish().id
        answer = client.get(f"/api/views/{code}/rows.csv?$where=height>10", headers={"Range": "bytes=0-3"})
        assert answer.status_code == 200
        assert body(answer).count(b"\n") == 3
        assert client.get(f"/api/views/{code}/rows.geojson").status_code == 400
        assert kept() == []
        assert body(client.get(f"/api/views/{code}/rows.csv?accessType=DOWNLOAD")).count(b"\n") == 5
        assert kept() == ["1/files/rows.csv"]

    def test_other_sites_pages_may_ask_for_parts(self, client, publish):
        answer = client.options(f"/api/views/{publish().id}/rows.csv")
        assert {"Range", "If-Range"} <= set(answer["Access-Control-Allow-Headers"].split(", "))
        assert "Content-Range" in client.get(f"/resource/{publish().id}.json")["Access-Control-Expose-Headers"]


@pytest.mark.django_db
class TestItsLife:
    def test_a_long_one_is_sent_as_ever_while_the_worker_makes_it(self, client, publish, monkeypatch):
        monkeypatch.setattr(files, "AT_ONCE", 3)
        code = publish().id
        address = f"/api/views/{code}/rows.csv"
        streamed = [client.get(address) for _ in range(2)]
        whole = body(streamed[0])
        assert "Content-Length" not in streamed[1].headers
        assert services.make_file(code, "csv", "")
        assert not services.make_file(code, "csv", "")
        made = client.get(address, headers={"Range": "bytes=20-"})
        assert (made.status_code, body(made)) == (206, whole[20:])

    def test_it_is_of_the_snapshot_in_force_alone(self, client, publish):
        address = f"/api/views/{publish().id}/rows.csv"
        body(client.get(address))
        publish(TREES[:-1])
        assert b"Mission" not in body(client.get(address))
        assert kept() == ["1/files/rows.csv", "2/files/rows.csv"]
        services.tidy_all()
        assert kept() == ["2/files/rows.csv"]
        assert body(client.get(f"{address}?$$snapshot=1")).count(b"\n") == 5

    def test_with_a_recall_it_is_gone_at_once_from_the_address_and_the_disk(self, client, publish):
        publish(TREES[:-1])
        code = publish().id
        address = f"/api/views/{code}/rows.csv"
        seen = client.get(address)
        assert b"Mission" in body(seen)
        public.recall("trees", actor=CLERK, reason="A leak.", snapshots=[2])
        assert kept() == []
        again = client.get(address, headers={"Range": "bytes=0-", "If-Range": seen["ETag"]})
        assert again.status_code == 200
        assert b"Mission" not in body(again)
        public.recall("trees", actor=CLERK, reason="A leak.", snapshots=[1])
        assert client.get(address).status_code == 410
        assert not services.make_file(code, "csv", "")

    def test_one_that_could_not_be_finished_is_not_there(self, client, publish, monkeypatch):
        code = publish().id

        def breaks(*_given):
            yield b"half"
            raise OSError("no disk")

        with monkeypatch.context() as broken:
            broken.setattr(files, "_pieces", breaks)
            with pytest.raises(OSError, match="disk"):
                services.make_file(code, "csv", "")
        assert kept() == []
        assert body(client.get(f"/api/views/{code}/rows.csv")).count(b"\n") == 5

    def test_on_a_full_disk_the_rows_are_sent_without_one(self, client, publish, monkeypatch):
        code = publish().id

        def full(*_given):
            yield b"half"
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(files, "_pieces", full)
        assert body(client.get(f"/api/views/{code}/rows.csv")).count(b"\n") == 5
        assert kept() == []

    def test_on_a_disk_that_is_nearly_full_none_is_made(self, client, publish, monkeypatch):
        monkeypatch.setattr(files, "_LEAST_FREE", 2)
        answer = client.get(f"/api/views/{publish().id}/rows.csv")
        assert body(answer).count(b"\n") == 5
        assert kept() == []

    def test_no_backup_carries_it(self, client, publish):
        code = publish().id
        body(client.get(f"/api/views/{code}/rows.csv"))
        home = queries.folder()
        carried = [name for _path, name in archive._files(home.parent, home.name)]
        assert any(name.endswith("/1/rows.duckdb") for name in carried)
        assert not any("/files/" in name for name in carried)


@pytest.mark.django_db(transaction=True)
def test_curl_goes_on_where_a_download_broke_off(live_server, publish, tmp_path: Path):
    rows = [["id", "name"], *([str(number), f"Row number {number}"] for number in range(20_000))]
    address = f"{live_server.url}/api/views/{publish(rows, name='many').id}/rows.jsonl"
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    subprocess.run(["curl", "-sSf", "-o", str(whole), address], check=True, timeout=60)
    broken.write_bytes(whole.read_bytes()[:300_000])
    told = subprocess.run(
        ["curl", "-sSf", "-C", "-", "-D", "-", "-o", str(broken), address], check=True, timeout=60, capture_output=True
    )
    assert b" 206 " in told.stdout.splitlines()[0]
    digests = {hashlib.sha256(file.read_bytes()).digest() for file in (whole, broken)}
    assert len(digests) == 1
    assert len([json.loads(line) for line in broken.read_text().splitlines()]) == 20_000
