"""`cityhall referrals receive-mail`, as a mail server runs it: what it ends with."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.referrals.conftest import MAIL, subject
from tests.support import commands
from typer.testing import CliRunner

from cityhall.cli import referrals as command


def test_a_city_that_is_not_there_now_leaves_the_mail_with_the_mail_server(tmp_path: Path) -> None:
    elsewhere = "postgresql://nobody@127.0.0.1:1/nothing"
    gone = commands.cityhall("--data", str(tmp_path), "referrals", "receive-mail", DATABASE_URL=elsewhere)
    assert gone.returncode == 75, gone.stderr


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], tuple[int, str]]:
    monkeypatch.setattr(command, "city", contextlib.nullcontext)

    def go(raw: bytes) -> tuple[int, str]:
        done = CliRunner().invoke(command.commands, ["receive-mail"], input=raw)
        return done.exit_code, done.output.strip()

    return go


def test_it_takes_a_mail_and_refuses_what_is_of_no_use(
    refer: Callable[..., object], run: Callable[[bytes], tuple[int, str]]
) -> None:
    refer()
    message = f"From: {MAIL}\nTo: city@harbor.example\nSubject: Re: {subject()}\n\nnot ours\n".encode()
    assert run(message) == (0, "taken: not_ours")
    assert run(message)[0] == 65, "it is over"
    assert run(b"From: a@b.example\nSubject: Hello\n\nDone.") == (
        65,
        "The subject names no referral that is under way.",
    )
    assert run(b"") == (65, "This is no e-mail.")
    assert run(b"Subject: x\n\n" + b"x" * (15 * 1024 * 1024)) == (65, "This is larger than 15 MB.")
