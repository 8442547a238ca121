"""Columns of a contract as SQL over a file's texts: their values, and what is wrong with them.

While a file is read a stored column has two columns: its text under its name, and its value under "=" and its name; a
degree has its number too, under "#". Only values are kept, in `staged`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cityhall.kernel.numerals import number_form
from cityhall.kernel.snapshots import DATE_FORMS, LONGEST_VALUE, TIME_FORMS, ColumnType, SnapshotColumn, forms

_THOUSANDS: Final = r"[-+]?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?"


def texts(column: SnapshotColumn) -> Iterator[str]:
    """Iterate over the texts of a column as the file has them; an empty one is null."""
    headings = (column.longitude, column.latitude) if column.type is ColumnType.POINT else (column.source,)
    for heading, stored in zip(headings, column.stored, strict=True):
        given = f"nullif(trim({name(heading)}), '')" if heading else "null::varchar"  # a column the file may lack
        yield f"{given} as {name(stored)}"


def degrees(column: SnapshotColumn) -> Iterator[str]:
    """Iterate over the numbers of a point, which are looked at more than once; of other columns there are none."""
    if column.type is ColumnType.POINT:
        yield from (f"{_number(name(stored), column)} as {_degree(stored)}" for stored in column.stored)


def values(column: SnapshotColumn) -> Iterator[str]:
    """Iterate over the values of a column; null for a text that is none."""
    if column.type is ColumnType.POINT:
        # Degrees on earth or nothing. 0, 0 lies in the sea, and stands for "unknown" wherever it is written.
        lon, lat = (_degree(stored) for stored in column.stored)
        is_place = f"abs({lon}) <= 180 and abs({lat}) <= 90 and ({lon} <> 0 or {lat} <> 0)"
        for degree, stored in zip((lon, lat), column.stored, strict=True):
            yield f"case when {is_place} then {degree} end as {value_name(stored)}"
    else:
        yield f"{_value(column)} as {value_name(column.name)}"


def problems(column: SnapshotColumn) -> Iterator[str]:
    """Iterate over what is null when a value can be used, and says else why not."""
    has_text = " or ".join(f"{name(stored)} is not null" for stored in column.stored)
    value = value_name(column.stored[0])
    if column.type is ColumnType.POINT:
        unknown = " and ".join(f"coalesce({_degree(stored)} = 0, false)" for stored in column.stored)
        has_text = f"({has_text}) and not ({unknown})"
    if column.type is not ColumnType.TEXT:
        yield f"case when ({has_text}) and {value} is null then {text(f'{column.name}: no {column.type}')} end"
    if column.required or column.hold_after is not None:
        yield f"case when {value} is null then {text(f'{column.name}: empty')} end"
    if column.choices:
        wrong = f"{name(column.name)} not in ({', '.join(text(one) for one in column.choices)})"
        yield f"case when {wrong} then {text(f'{column.name}: none of its choices')} end"
    if column.least is not None:
        yield f"case when {value} < {float(column.least)!r} then {text(f'{column.name}: too small')} end"
    if column.most is not None:
        yield f"case when {value} > {float(column.most)!r} then {text(f'{column.name}: too large')} end"


def too_long(given: Sequence[SnapshotColumn]) -> Iterator[str]:
    """Iterate over what says of a row that one of its texts is too long: one look for all of them, none without any."""
    lengths = {one.name: f"strlen({value_name(one.name)})" for one in given if one.type is ColumnType.TEXT}
    if lengths:
        found = " ".join(
            f"when {many} > {LONGEST_VALUE} then {text(f'{one}: too long')}" for one, many in lengths.items()
        )
        yield f"case when greatest({', '.join(lengths.values())}) > {LONGEST_VALUE} then case {found} end end"


def width(given: Sequence[SnapshotColumn]) -> str:
    """Return how many bytes the texts of a row take."""
    lengths = [f"coalesce(strlen({value_name(one.name)}), 0)" for one in given if one.type is ColumnType.TEXT]
    return " + ".join(lengths) or "0"


def _value(column: SnapshotColumn) -> str:
    given = name(column.name)
    match column.type:
        case ColumnType.NUMBER:
            return _number(given, column)
        case ColumnType.BOOLEAN:
            return (
                f"case when lower({given}) in ('true', 'yes', 't', 'y', '1') then true"
                f" when lower({given}) in ('false', 'no', 'f', 'n', '0') then false end"
            )
        case ColumnType.DATE:
            return _moment(given, forms(DATE_FORMS, day_first=column.day_first))
        case ColumnType.TIMESTAMP:
            # Nearly all are written so, and a cast is many times faster than trying one form after the other.
            usual = f"case when {given} like '____-__-__ __:__:__' then try_cast({given} as timestamp) end"
            other = _moment(given, forms((*TIME_FORMS, *DATE_FORMS), day_first=column.day_first))
            return f"coalesce({usual}, {other})"
        case _:
            return given


def _moment(given: str, forms: Sequence[str]) -> str:
    # Infinity and epoch, which the function knows as well, are words: no month begins as they do. To it the year 24 is
    # one of antiquity: only such a text is tried by the forms of two digits, which costs the others nothing.
    begins = f"{given} >= '0' and {given} < ':' or upper({given}[1]) in ('A', 'D', 'F', 'J', 'M', 'N', 'O', 'S')"
    whole, short = ([one for one in forms if ("%y" in one) is is_short] for is_short in (False, True))
    found = f"try_strptime({given}, {_list(whole)})"
    other = f"try_strptime({given}, {_list(short)})"
    return f"case when {begins} then case when {found} >= timestamp '1000-01-01' then {found} else {other} end end"


def _number(given: str, column: SnapshotColumn) -> str:
    if column.sign or column.decimal_comma or column.brackets:
        return _amount(given, column)
    # Not a number and infinity are words, not numbers. A comma parts thousands: a text in which it parts decimals is no
    # number either, lest 1,5 became 15. Whole numbers that would be rounded, such as long keys, are texts.
    plain = f"try_cast({given} as double)"
    is_parted = f"regexp_full_match({given}, {text(_THOUSANDS)})"
    other = f"case when {is_parted} then try_cast(replace({given}, ',', '') as double) end"
    is_rounded = f"length({given}) > 15 and abs({plain}) >= {2**53} and regexp_full_match({given}, '[-+]?[0-9]+')"
    return f"case when {is_rounded} then null when isfinite({plain}) then {plain} else {other} end"


def _amount(given: str, column: SnapshotColumn) -> str:
    """Return the number of a text that is written in another way than programs do; null for one that is not."""
    form = number_form(sign=column.sign, decimal_comma=column.decimal_comma, brackets=column.brackets)
    digits = f"regexp_replace({given}, '[^0-9.,]', '', 'g')"
    plain = f"replace(replace({digits}, '.', ''), ',', '.')" if column.decimal_comma else f"replace({digits}, ',', '')"
    size = f"coalesce(try_cast(nullif({plain}, '') as double), 0)"  # without digits it is the "$ -" of bookkeepers
    is_exact = f"(length({plain}) <= 15 or {size} < {2**53})"
    signed = f"case when regexp_matches({given}, '[-(]') then 0 - {size} else {size} end"
    return f"case when regexp_full_match({given}, {text(form)}) and {is_exact} then {signed} end"


def _degree(stored: str) -> str:
    return name("#" + stored)


def name(given: str) -> str:
    """Return a name in quotation marks."""
    return '"' + given.replace('"', '""') + '"'


def value_name(stored: str) -> str:
    """Return the name of a stored column's value in `staged`."""
    return name("=" + stored)


def text(given: object) -> str:
    """Return a text in quotation marks."""
    return "'" + str(given).replace("'", "''") + "'"


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(text(one) for one in values) + "]"
