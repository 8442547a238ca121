"""Fetching from the web into a folder, a file or page after page, within limits for the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_noop as _

from cityhall.kernel.downloads import Asked, Downloaded, Known, downloader
from cityhall.kernel.ports import FetchRefused
from cityhall.kernel.told import Told

LARGEST_PAGE: Final = 256 * 1024**2
_MOST_PAGES: Final = 20_000
NOTHING: Final = Known()


def fetch(
    url: str, to: Path, *, known: Known = NOTHING, headers: Mapping[str, str] | None = None, largest: int | None = None,
    told_by: Downloaded | None = None,
) -> Downloaded | None:  # fmt: skip
    """Fetch a file; None when what is known still holds. Raises FetchRefused, FetchUnavailable."""
    return downloader.get().download(Asked(url, headers or {}, known, largest, told_by), to)


@dataclass(slots=True)
class Pages:
    """Pages of one source, one after the other: only the last lies in the folder.

    Args:
        most_rows: how many rows all of them may have.
        headers: sent with each.
    """

    folder: Path
    most_rows: int = 1_000_000
    headers: Mapping[str, str] = field(default_factory=dict)
    _fetched: int = 0
    _rows: int = 0
    _last: str = ""

    @property
    def file(self) -> Path:
        """Return where a page lies."""
        return self.folder / "page"

    def get(self, url: str, *, largest: int = LARGEST_PAGE) -> Downloaded:
        """Fetch a page in the place of the last. Raises FetchRefused, FetchUnavailable."""
        self._fetched += 1
        if self._fetched > _MOST_PAGES:
            raise FetchRefused(Told(_("it has more than %(most)s pages"), {"most": f"{_MOST_PAGES:,}"}))
        self.file.unlink(missing_ok=True)
        done = fetch(url, self.file, headers=self.headers, largest=largest)
        assert done is not None  # nothing was known
        return done

    def goes_on(self) -> None:
        """See that the page is another than the one before. Raises FetchRefused."""
        with self.file.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if found == self._last:
            raise FetchRefused(
                Told(_("its second page is the first again: it does not give out its rows page by page"))
            )
        self._last = found

    def count(self) -> None:
        """Count a row. Raises FetchRefused beyond the limit."""
        self._rows += 1
        if self._rows > self.most_rows:
            raise FetchRefused(
                Told(
                    _("it has more than %(most)s rows; raise source.most_rows to have them all"),
                    {"most": f"{self.most_rows:,}"},
                )
            )
