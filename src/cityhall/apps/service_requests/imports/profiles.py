"""Profiles: small TOML files that say how one source's columns become requests.

`SCHEMA` is the one list of keys: it checks every profile, ours and yours, and `docs/reference/import-profiles.md` is
held to it by a test.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cityhall.apps.service_requests.contracts import Detail, Outcome, State
from cityhall.apps.service_requests.imports.dates import parser
from cityhall.apps.service_requests.imports.records import Unusable

FIELDS: Mapping[str, str] = {
    "id": "The other system's number of the request. Required.",
    "requested_at": "When it was made. Required, unless `[dates] missing` is set.",
    "updated_at": "When it last changed.",
    "closed_at": "When it was closed.",
    "due_at": "When it was to be done.",
    "category": "The name of what was reported, as people read it.",
    "category_code": "Our own code for it; made from the name when not given.",
    "group": "Heading for a category that has to be made; `Imported` when not given.",
    "detail": "A finer kind within the category.",
    "status": "The status word; see `[status]`.",
    "outcome": "The outcome, where the source states one in our own words (our exports).",
    "sentence": "A public sentence on the outcome, where the source's is fit to publish (our exports).",
    "description": "The resident's own words. Personal data: kept from the public until staff decide.",
    "note": "Staff's own words. Personal data: never public.",
    "lat": "Latitude, WGS 84 degrees.",
    "lon": "Longitude, WGS 84 degrees.",
    "address": "The address as text.",
    "zipcode": "Its ZIP code, where the address does not have it: it is put behind the address.",
    "parent": "The number of the request this one repeats.",
    "referred_to": "Who it was handed to.",
    "channel": "How it came in: phone, web, app.",
    "agency": "Who was responsible.",
    "media": "Link to a picture; kept for staff, not fetched.",
    "language": "Language code of the resident's words.",
    "own_id": "Our own id (our exports).",
    "policy": "The publication policy of the category where the file comes from (our exports).",
    "place_detail": "How much of the place the file holds: exact, generalised or withheld (our exports).",
    "text_state": "Whether the words were public: shown, waiting or withheld (our exports).",
    "supporters": "How many people said that they have the same trouble (our exports).",
}


BLANKS = frozenset({"", "null", "none", "n/a", "nan"})
"""Words that mean blank in every source."""


@dataclass(frozen=True, slots=True)
class Take:
    """How one field is filled: the first column that is not blank, a template of columns, or a fixed value."""

    columns: tuple[str, ...] = ()
    template: str = ""
    value: str = ""
    pattern: str = ""

    def mentions(self) -> tuple[str, ...]:
        """Return the columns this reads."""
        return self.columns or tuple(re.findall(r"\{([^{}]+)\}", self.template))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a status word stands for. `sentence` is public and therefore ours; `{word}` is the source's word."""

    state: State
    outcome: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How one source is read. The meaning of each part is written beside its key in `SCHEMA`."""

    name: str
    title: str
    source_system: str
    time_zone: str
    fields: Mapping[str, Take]
    area: tuple[float, float, float, float] | None = None
    partial: bool = False
    own: bool = False
    blanks: frozenset[str] = BLANKS
    required: frozenset[str] = frozenset()
    unwanted: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    samples: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ("iso",)
    ignore_offset: bool = False
    missing_date: str = "quarantine"
    words: Mapping[str, Meaning] = field(default_factory=dict)
    otherwise: str = "by_dates"
    closed_sentence: str = ""
    categories: Mapping[str, str] = field(default_factory=dict)
    no_category: str = "Not stated"
    place_policy: Detail = Detail.GENERALISED
    text_policy: Detail = Detail.WITHHELD
    photo_policy: Detail = Detail.WITHHELD

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.time_zone)

    def columns(self) -> frozenset[str]:
        """Return every column the profile knows, folded."""
        read = {folded(column) for take in self.fields.values() for column in take.mentions()}
        return frozenset(read | self.required)


@lru_cache(maxsize=4096)
def folded(column: str) -> str:
    """Return a column's name without case and punctuation: `Street Name` and `street_name` are one."""
    return re.sub(r"[^a-z0-9]+", "_", column.casefold()).strip("_")


# A duplicate needs the request it repeats, which a word cannot give: see fields.parent.
_OUTCOMES = frozenset(Outcome) - {Outcome.DUPLICATE}

Check = Callable[[Any], str]
"""Returns "" or what is wrong with a value, and the mend."""


def _text(value: Any) -> str:
    return "" if isinstance(value, str) and value.strip() else 'must be text in quotes, such as "springfield"'


def _slug(value: Any) -> str:
    good = isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,59}", value)
    return "" if good else 'must be lower-case letters, digits and _, such as "springfield"'


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "must be true or false, without quotes"


def _zone(value: Any) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        return 'must be a time zone of the IANA list, such as "America/Chicago"'
    return ""


def _words(value: Any) -> str:
    good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return "" if good else 'must be a list of texts, such as ["a", "b"]'


def _table(value: Any) -> str:
    good = isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    return "" if good else 'must be a table of texts, such as { "Pot hole" = "pothole" }'


def _box(value: Any) -> str:
    good = isinstance(value, list) and len(value) == 4 and all(isinstance(n, int | float) for n in value)
    good = good and -90 <= value[0] < value[2] <= 90 and -180 <= value[1] < value[3] <= 180
    return "" if good else "must be [south, west, north, east] in degrees, such as [32.4, -117.4, 33.2, -116.8]"


def _one_of(*allowed: str) -> Check:
    return lambda value: "" if value in allowed else f"must be one of {', '.join(allowed)}"


def _formats(value: Any) -> str:
    if _words(value) or not value:
        return 'must be a list of formats, such as ["iso"] or ["%m/%d/%Y %I:%M:%S %p"]'
    for form in value:
        try:
            parser(form)
        except ValueError as error:
            return f"has {form!r}: {error}"
    return ""


def _patterns(value: Any) -> str:
    if _table(value):
        return _table(value)
    return next((told for told in map(_pattern, value.values()) if told), "")


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, TypeError) as error:
        return f"has a pattern that cannot be used: {error}"
    return ""


def _meanings(value: Any) -> str:
    if not isinstance(value, dict):
        return 'must be a table, such as { "Closed" = { state = "closed" } }'
    for word, meaning in value.items():
        parts = {"state": meaning} if isinstance(meaning, str) else meaning
        if not isinstance(parts, dict) or set(parts) - {"state", "outcome", "sentence"}:
            return f'{word!r} must be a state, or a table of state, outcome and sentence: {{ state = "closed" }}'
        if parts.get("state") not in set(State):
            return f"{word!r} has state {parts.get('state')!r}: must be one of {', '.join(State)}"
        if parts.get("outcome", Outcome.NOT_STATED) not in _OUTCOMES:
            return f"{word!r} has outcome {parts['outcome']!r}: must be one of {', '.join(sorted(_OUTCOMES))}"
        if not isinstance(parts.get("sentence", ""), str):
            return f"{word!r} has a sentence that is no text"
    return ""


def _take(value: Any) -> str:
    if isinstance(value, str) and value:
        return ""
    if isinstance(value, list) and value and not _words(value):
        return ""
    if isinstance(value, dict):
        keys = set(value)
        one = keys & {"columns", "template", "value"}
        if len(one) == 1 and not keys - {"columns", "template", "value", "pattern"}:
            name = one.pop()
            good = not _words(value[name]) if name == "columns" else isinstance(value[name], str)
            if good:
                return _pattern(value["pattern"]) if "pattern" in keys else ""
    return (
        'must be a column "x", columns ["x", "y"] (the first that is not blank), { template = "{x} {y}" }, '
        '{ value = "x" } or { columns = ["x"], pattern = "..." }'
    )


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a profile: where it stands, what it means, how it is checked."""

    path: str
    check: Check
    meaning: str
    required: bool = False


SCHEMA: tuple[Key, ...] = (
    Key("name", _slug, "The profile's name, for --profile.", True),
    Key("title", _text, "What people call the source; shown in the history of each request.", True),
    Key("source_system", _slug, "Whose numbers these are. Files of one source share it.", True),
    Key("time_zone", _zone, "Where the source's clocks stand, for dates that state no offset.", True),
    Key("area", _box, "About where the city is. Only used to notice swapped coordinates."),
    Key("blanks", _words, "Words that mean blank, beside null, none, n/a and nan."),
    Key("partial", _flag, "The file says little: it adds requests, and never changes one that is here already."),
    Key("own", _flag, "The file is an export of this program."),
    Key(
        "recognise.required",
        _words,
        "Columns a file must have to be recognised. Default: those of `id`, `requested_at`.",
    ),
    Key("recognise.unwanted", _words, "Columns a file must not have."),
    Key("recognise.kinds", _words, "Only files of these kinds: csv, json, jsonl, xml. Default: any."),
    Key("recognise.samples", _patterns, "Column to a pattern that its first values must match."),
    Key("dates.formats", _formats, "How dates are written. With several, the file's own dates decide."),
    Key("dates.ignore_offset", _flag, "Take the time as local although an offset is written."),
    Key(
        "dates.missing",
        _one_of("quarantine", "import"),
        "A source without dates: put rows aside, or take the day of the import (--as-of).",
    ),
    Key(
        "status.words",
        _meanings,
        "Status word to a state, or to a table of state, outcome and public sentence.",
    ),
    Key(
        "status.otherwise",
        _one_of("by_dates", "quarantine"),
        "A word not listed: closed if there is a date of closing, or put aside.",
    ),
    Key("status.closed_sentence", _text, "The public sentence of a closed request whose outcome is not stated."),
    Key("category.map", _table, "The source's name to the code of one of your categories."),
    Key("category.missing", _text, "The category of a row without one."),
    Key(
        "category.place",
        _one_of(*Detail),
        "Publication of places in a category that has to be made. Default: generalised.",
    ),
    Key("category.text", _one_of(*Detail), "Publication of residents' words in it. Default: withheld."),
    Key("category.photo", _one_of(*Detail), "Publication of photos in it. Default: withheld."),
    *(Key(f"fields.{name}", _take, meaning, name == "id") for name, meaning in FIELDS.items()),
)
_TABLES = frozenset(key.path.split(".")[0] for key in SCHEMA if "." in key.path)


def load(text: str, *, where: str) -> Profile:
    """Return the profile written in `text`.

    Raises:
        Unusable: it breaks the schema; the message names every wrong key and its mend. `where` names the file.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unusable(f"The profile {where} is no TOML: {error}.") from error
    found = _by_path(data)
    wrong = [f"{key.path} is missing: {key.meaning}" for key in SCHEMA if key.required and key.path not in found]
    known = {key.path: key for key in SCHEMA}
    for path, value in found.items():
        if path not in known:
            wrong.append(f"{path} is no key of a profile{_near(path, known)}")
        elif told := known[path].check(value):
            wrong.append(f"{path} {told}")
    if "fields.requested_at" not in found and found.get("dates.missing") != "import":
        wrong.append('fields.requested_at is missing: name the column, or set [dates] missing = "import"')
    if wrong:
        raise Unusable(f"The profile {where} cannot be used: {'; '.join(wrong)}.")
    return _built(found)


@cache
def shipped() -> Mapping[str, Profile]:
    """Return the profiles that come with the program, by name."""
    folder = resources.files("cityhall.apps.service_requests.imports").joinpath("shipped")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    profiles = [load(entry.read_text(encoding="utf-8"), where=entry.name) for entry in files]
    return {profile.name: profile for profile in profiles}


def named(name: str) -> Profile:
    """Return the shipped profile `name`, or the one in the file of that path.

    Raises:
        Unusable: there is neither, or the file is wrong.
    """
    if name in shipped():
        return shipped()[name]
    path = Path(name)
    if path.suffix == ".toml" or path.exists():
        try:
            return load(path.read_text(encoding="utf-8"), where=path.name)
        except (OSError, UnicodeError) as error:
            raise Unusable(f"The profile {path} cannot be read: {error}.") from error
    raise Unusable(f"There is no profile {name!r}. There are {', '.join(shipped())}, or give the path of a .toml file.")


def _by_path(data: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in data.items():
        if key in _TABLES and isinstance(value, dict):
            found.update({f"{key}.{inner}": what for inner, what in value.items()})
        else:
            found[key] = value
    return found


def _near(path: str, known: Mapping[str, Key]) -> str:
    last = path.rpartition(".")[2]
    close = [name for name in known if name.rpartition(".")[2] == last or name.startswith(path)]
    return f"; did you mean {close[0]}?" if close else f"; keys are {', '.join(known)}" if "." not in path else ""


def _built(found: Mapping[str, Any]) -> Profile:
    fields = {path.partition(".")[2]: _made(value) for path, value in found.items() if path.startswith("fields.")}
    required = found.get("recognise.required")
    if required is None:
        required = [column for name in ("id", "requested_at") if name in fields for column in fields[name].mentions()]
    area = found.get("area")
    return Profile(
        name=found["name"],
        title=found["title"],
        source_system=found["source_system"],
        time_zone=found["time_zone"],
        fields=fields,
        area=(area[0], area[1], area[2], area[3]) if area else None,
        partial=found.get("partial", False),
        own=found.get("own", False),
        blanks=frozenset({*BLANKS, *(word.casefold() for word in found.get("blanks", ()))}),
        required=frozenset(map(folded, required)),
        unwanted=frozenset(map(folded, found.get("recognise.unwanted", ()))),
        kinds=frozenset(found.get("recognise.kinds", ())),
        samples=found.get("recognise.samples", {}),
        formats=tuple(found.get("dates.formats", ("iso",))),
        ignore_offset=found.get("dates.ignore_offset", False),
        missing_date=found.get("dates.missing", "quarantine"),
        words={word.casefold(): _meaning(value) for word, value in found.get("status.words", {}).items()},
        otherwise=found.get("status.otherwise", "by_dates"),
        closed_sentence=found.get(
            "status.closed_sentence", f"Closed in the records of {found['title']}, which do not say how."
        ),
        categories={name.casefold(): code for name, code in found.get("category.map", {}).items()},
        no_category=found.get("category.missing", "Not stated"),
        place_policy=Detail(found.get("category.place", Detail.GENERALISED)),
        text_policy=Detail(found.get("category.text", Detail.WITHHELD)),
        photo_policy=Detail(found.get("category.photo", Detail.WITHHELD)),
    )


def _made(value: Any) -> Take:
    if isinstance(value, str):
        return Take(columns=(value,))
    if isinstance(value, list):
        return Take(columns=tuple(value))
    return Take(
        columns=tuple(value.get("columns", ())),
        template=value.get("template", ""),
        value=value.get("value", ""),
        pattern=value.get("pattern", ""),
    )


def _meaning(value: Any) -> Meaning:
    if isinstance(value, str):
        return Meaning(State(value))
    return Meaning(State(value["state"]), value.get("outcome", ""), value.get("sentence", ""))
