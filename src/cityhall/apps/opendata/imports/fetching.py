"""Fetching a dataset's source and publishing it by the same way as a file that a person gives.

Whatever goes wrong on the way, what was published before stays up, the reason is kept, and it is tried again.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cityhall.apps.opendata import queries, rules
from cityhall.apps.opendata.contracts import PUBLISH, Contract, Published, Refused, SourceKind, SourceTerms, Trouble
from cityhall.apps.opendata.imports import portals
from cityhall.apps.opendata.imports.conversion import as_csv, write_table
from cityhall.apps.opendata.imports.paging import Pages, fetch
from cityhall.apps.opendata.models import Dataset, Look
from cityhall.apps.opendata.rules import contract_files, sniffing, sources
from cityhall.apps.opendata.services import looking
from cityhall.apps.opendata.services.making import place_to_write
from cityhall.apps.opendata.services.publishing import publish_file
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import disk
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.translated import say
from cityhall.kernel.downloads import Downloaded, Known
from cityhall.kernel.errors import CityhallError, Invalid, NotFound
from cityhall.kernel.ports import FetchRefused, FetchUnavailable
from cityhall.kernel.snapshots import UnreadableFile
from cityhall.kernel.told import Told

logger = logging.getLogger(__name__)
Progress = Callable[[str], None]
_NO_PROGRESS: Final[Progress] = lambda _what: None  # noqa: E731


@dataclass(frozen=True, slots=True)
class _Found:
    """A source's file, and what tells the next time that it is the same."""

    file: Path
    mark: Mapping[str, Any]


def refresh(name: str, *, actor: Actor, progress: Progress = _NO_PROGRESS) -> Published | None:
    """Fetch a dataset's source and publish it; None when it has not changed.

    Args:
        name: of the dataset, or its 4x4.

    Raises:
        NotFound: no such dataset.
        And what `publish_source` raises.
    """
    dataset = Dataset.objects.filter(name=name).first() or Dataset.objects.filter(code=name).first()
    if dataset is None:
        raise NotFound(_("There is no such dataset."))
    return publish_source(contract_files.kept(dataset.contract), name=dataset.name, actor=actor, progress=progress)


def refresh_due() -> int:
    """Fetch the sources that are due; return how many datasets were published anew. One that fails stops no other."""
    published = 0
    for name in queries.due_sources():
        try:
            done = refresh(name, actor=system("Scheduled source"))
            published += done is not None and done.is_new
        except (Refused, CityhallError) as problem:
            logger.warning("source_refused", extra={"dataset": name, "reason": str(problem)})
        except Exception as problem:
            told = Told(
                gettext_noop("something broke here (%(what)s); the log of the worker says more"),
                {"what": type(problem).__name__},
            )
            _keep_trouble(name, told)
            logger.exception("source_failed", extra={"dataset": name})
    return published


def publish_source(
    contract: Contract, *, actor: Actor, name: str = "", progress: Progress = _NO_PROGRESS
) -> Published | None:
    """Fetch the source a contract names and publish it; None when it has not changed.

    Raises:
        NotAllowed: without "opendata.publish".
        Invalid: field "source…": it cannot be fetched, with what to do; or as `publish_file` has it.
        Refused, Stale: as `publish_file` has it.
    """
    need(actor, PUBLISH)
    terms = contract.source
    if terms is None:
        raise Invalid({"source": _("The contract names no source. Add [source], or give a file.")})
    name = rules.dataset_name(name) if name else contract.name
    dataset = Dataset.objects.select_related("current", "look").filter(name=name).first()
    field = f"source.{terms.kind.value}"
    try:
        with place_to_write() as folder:
            progress("fetching")
            found = _found(terms, folder, name, _mark(dataset, contract))
            if found is None:
                assert dataset is not None and dataset.current is not None
                if looking.unchanged(dataset.id, terms, dataset.current.number):
                    return None
                found = _found(terms, folder, name, {})
                assert found is not None  # nothing was known
            with as_csv(found.file) as table:
                done = publish_file(table, actor=actor, contract=contract, name=name, progress=progress)
    except OSError as problem:
        if not disk.is_full(problem):
            raise
        told = Told(gettext_noop("the disk of the city’s server is full"))
        _failed(name, terms, Trouble.NO_ROOM, told)
        raise disk.NoRoom from problem
    except FetchUnavailable as problem:
        _failed(name, terms, Trouble.UNREACHABLE, Told.by(problem), problem.retry_after)
        raise Invalid({field: _("%(why)s. Try again later.") % {"why": capfirst(say(Told.by(problem)))}}) from problem
    except (FetchRefused, UnreadableFile, sniffing.NoTable) as problem:
        reached = not isinstance(problem, FetchRefused)
        _failed(name, terms, Trouble.UNREADABLE if reached else Trouble.UNREACHABLE, Told.by(problem))
        raise Invalid(
            {field: _("%(why)s. Check the source in the contract.") % {"why": capfirst(say(Told.by(problem)))}}
        ) from problem
    except Invalid as problem:
        # What was no table is told as such: the rest is about the name of a file that nobody knows.
        cause = problem.__cause__
        _failed(name, terms, Trouble.UNREADABLE, Told.by(cause if isinstance(cause, UnreadableFile) else problem))
        raise
    except Refused as refusal:
        _failed(name, terms, Trouble.REFUSED, Told(" ".join(refusal.reasons)))
        raise
    looking.fetched(done.resource_id, terms, found.mark, done.snapshot)
    return done


def _failed(name: str, terms: SourceTerms, trouble: Trouble, why: Told, retry_after: int | None = None) -> None:
    """Keep why it failed. A dataset that was never published has nothing to stay up, and whoever tries is told."""
    dataset = Dataset.objects.filter(name=name).first()
    if dataset is not None:
        looking.failed(dataset.id, terms, trouble, why, retry_after)


def _keep_trouble(name: str, why: Told) -> None:
    terms = contract_files.kept(Dataset.objects.get(name=name).contract).source
    if terms is not None:
        _failed(name, terms, Trouble.UNREADABLE, why)


def _mark(dataset: Dataset | None, contract: Contract) -> Mapping[str, Any]:
    """Return what tells an unchanged source, nothing where it has to be read whatever it tells."""
    look: Look | None = getattr(dataset, "look", None)
    if dataset is None or dataset.current is None or look is None or contract.source is None:
        return {}
    same_terms = dataset.contract == contract_files.to_keep(contract) and look.source == asdict(contract.source)
    same_rows = look.snapshot == dataset.current.number and queries.folder_of(dataset.current).is_dir()
    return dict(look.mark) if same_terms and same_rows and sources.may_skip(contract) else {}


def _found(terms: SourceTerms, folder: Path, name: str, mark: Mapping[str, Any]) -> _Found | None:
    """Return a source's file in the folder; None when its mark is the one that is known."""
    match terms.kind:
        case SourceKind.FILE | SourceKind.FOLDER:
            return _of_ours(terms, folder, name, mark)
        case SourceKind.URL:
            return _of_web(terms.where, terms.format, folder, name, mark)
        case SourceKind.CKAN if named := portals.ckan_file(terms, Pages(folder)):
            address, told_by = named
            return _of_web(address, "", folder, name, mark, told_by)
        case _:
            pages = Pages(folder, most_rows=terms.most_rows)
            told = portals.mark(terms, pages)
            if told and told == mark:
                return None
            table = portals.table(terms, pages)
            made = folder / f"{name}.csv"
            write_table(table, made)
            if told and portals.mark(terms, pages) != told:
                raise FetchUnavailable(Told(gettext_noop("it was changed while it was read")))
            return _Found(made, told)


def _of_web(
    address: str, told: str, folder: Path, name: str, mark: Mapping[str, Any], told_by: Downloaded | None = None
) -> _Found | None:
    raw = folder / "fetched"
    known = Known(**mark) if mark.keys() == {"etag", "modified"} else Known()
    done = fetch(address, raw, known=known, told_by=told_by)
    if done is None:
        return None
    return _Found(_named(raw, told, name), asdict(done.known) if done.known != Known() else {})


def _of_ours(terms: SourceTerms, folder: Path, name: str, mark: Mapping[str, Any]) -> _Found | None:
    there = _newest(terms)
    before = there.stat()
    found = {"file": there.name, "size": before.st_size, "at": before.st_mtime_ns}
    if found == mark:
        return None
    raw = folder / "fetched"
    shutil.copyfile(there, raw)
    after = there.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise FetchUnavailable(Told(gettext_noop("the file was changed while it was read")))
    return _Found(_named(raw, terms.format, name), found)


def _newest(terms: SourceTerms) -> Path:
    """Return the file a contract names, or the newest its pattern fits; none from outside the folder of sources."""
    home = Path(settings.CITYHALL_SOURCE_FOLDER).resolve()
    fitting = home.glob(terms.where) if terms.kind is SourceKind.FOLDER else [home / terms.where]
    found = [place.resolve() for place in fitting if place.is_file()]
    inside = sorted((one for one in found if one.is_relative_to(home)), key=lambda one: (one.stat().st_mtime_ns, one))
    if not inside:
        raise FetchRefused(
            Told(gettext_noop("there is no such file in the folder of sources: %(file)s"), {"file": terms.where})
        )
    return inside[-1]


def _named(raw: Path, told: str, name: str) -> Path:
    """Give a file the name its content calls for, so that it is read by the right reader."""
    with raw.open("rb") as opened:
        ending = sniffing.ending(opened.read(sniffing.HEAD), told)
    return raw.rename(raw.with_name(f"{name}{ending}"))
