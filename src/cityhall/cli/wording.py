"""How `--help` names what an option takes."""

from __future__ import annotations

from typing import Any

_WORDS = {"<path>": "PATH", "<str>": "TEXT", "<int>": "NUMBER", "<int range>": "NUMBER", "<float>": "NUMBER"}


def in_plain_words(command: Any) -> Any:
    """Return the command with "PATH" where the library writes "<path>", and nothing beside a mere switch."""
    for param in command.get_params(command.context_class(command)):
        word = "" if getattr(param, "is_flag", False) or param.param_type_name == "argument" else None
        param.display_type_rich = _shown(param.display_type_rich, word)
    for inner in getattr(command, "commands", {}).values():
        in_plain_words(inner)
    return command


def _shown(before: Any, word: str | None) -> Any:
    def display(ctx: Any) -> str:
        text = before(ctx) or ""
        return _WORDS.get(text, text.strip("<>")) if word is None else word

    return display
