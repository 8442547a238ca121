"""What each command says of itself."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from cityhall.cli.app import app, data_first


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    below = getattr(command, "commands", {})
    if path and (not below or command.invoke_without_command):
        yield path, command
    for name, one in below.items():
        yield from _commands(one, (*path, name))


def _all() -> list[tuple[tuple[str, ...], Any]]:
    import cityhall.cli  # noqa: F401  # every module puts its commands on the app

    return list(_commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("path", "command"), [pytest.param(*one, id=" ".join(one[0])) for one in _all()])
def test_every_command_explains_itself_and_gives_an_example_that_it_understands(
    path: tuple[str, ...], command: Any
) -> None:
    assert command.help
    for given in command.params:
        assert given.name == "help" or getattr(given, "help", ""), f"{given.name} is not explained"
    example = (command.epilog or "").removeprefix("Example: ").strip("`")
    words = data_first(shlex.split(example)[1:])
    if words[0] == "--data":
        words = words[2:]
    assert tuple(words[: len(path)]) == path
    given = [word for word in words[len(path) :] if word != "<"]
    options = {option for one in command.params for option in one.opts}
    assert [word for word in given if word.startswith("--") and word not in options] == []
