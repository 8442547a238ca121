"""Messages that never leave: each is a file in a folder, newest last by name. Mail and text messages share it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cityhall.kernel import clock
from cityhall.kernel.ids import new_id

if TYPE_CHECKING:
    from cityhall.kernel.ports import Mail, Sms


class OutboxFolder:
    """Keeps messages as JSON files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, message: Mail | Sms) -> None:
        """Keep one message, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        body = {"id": str(new_id()), "at": clock.now().isoformat(), **asdict(message)}
        path = self.folder / f"{body['id']}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        part.rename(path)

    def kept(self, limit: int = 200) -> Iterator[dict[str, str]]:
        """Iterate over the newest `limit` messages, newest first."""
        for path in sorted(self.folder.glob("*.json"), reverse=True)[:limit]:
            yield json.loads(path.read_text(encoding="utf-8"))

    def forget(self, unwanted: Callable[[Mapping[str, Any]], bool]) -> int:
        """Remove the messages for which `unwanted` holds; return how many."""
        gone = 0
        for path in self.folder.glob("*.json"):
            if unwanted(json.loads(path.read_text(encoding="utf-8"))):
                path.unlink(missing_ok=True)
                gone += 1
        return gone
