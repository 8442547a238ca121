"""Numbers and days as people write them: guessed from a file's values, and read by that guess."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.adapters.snapshots.duckdb import DuckDbSnapshots
from cityhall.apps.opendata.contracts import ColumnTerms, Contract
from cityhall.apps.opendata.rules import contract_files, editing, guessing
from cityhall.apps.opendata.services.columns import snapshot_columns
from cityhall.kernel import clock
from cityhall.kernel.errors import Invalid
from cityhall.kernel.numerals import number_form
from cityhall.kernel.snapshots import PART_FILE, ColumnType, Sample, SnapshotJob, SnapshotWritten

SIGNS = ("$", "€", "£", "US$", "USD", "%")


def guessed(values: list[str], heading: str = "spent") -> ColumnTerms:
    return guessing.guessed("t", Sample((heading,), tuple((one,) for one in values))).columns[0]


def written(folder: Path, values: list[str], column: ColumnTerms) -> tuple[SnapshotWritten, list[float | datetime]]:
    file, made = folder / "given.csv", folder / "made"
    made.mkdir()
    lines = "".join('"' + one.replace('"', '""') + '",x\n' for one in values)
    file.write_text(f"{column.source},more\n{lines}", encoding="utf-8")
    contract = Contract("t", {"en": "T"}, {}, "", "", (column,))
    columns = snapshot_columns(contract, (column.source,), clock.now())
    done = DuckDbSnapshots().write(SnapshotJob(file, made, columns, (), None, datetime(2026, 1, 1)))
    return done, pq.read_table(made / PART_FILE).column(column.name).to_pylist()


@pytest.mark.parametrize(
    ("values", "numbers", "unit"),
    [
        (["$1,200.50", "$3", "0", "-$5", "$-6", "($7.25)", "$ (8)"], [1200.5, 3, 0, -5, -6, -7.25, -8], "$"),
        (["1,200", "2,500"], [1200, 2500], ""),
        (["1.234", "2.5"], [1.234, 2.5], ""),
        (["45%", "3.5 %", "0", "-2%"], [45, 3.5, 0, -2], "%"),
        (["1.234,50", "7", "0,25", "-3,1"], [1234.5, 7, 0.25, -3.1], ""),
        (["1 234,50", "1\u202f000\u00a0000,1"], [1234.5, 1000000.1], ""),
        (["(1,200.50)", "17", "-2"], [-1200.5, 17, -2], ""),
        (["12 €", "1.234,50 €", "7,10€"], [12, 1234.5, 7.1], "€"),
        (["USD 12.50", "USD 1,000"], [12.5, 1000], "USD"),
        ([" $ 1,200.50 ", " $ -   ", " $ (3.00)"], [1200.5, 0, -3], "$"),
    ],
)
def test_amounts_become_numbers(tmp_path: Path, values: list[str], numbers: list[float], unit: str) -> None:
    column = guessed(values)
    assert (column.type, column.unit) == (ColumnType.NUMBER, unit)
    done, kept = written(tmp_path, values, column)
    assert not done.reasons
    assert sorted(kept) == sorted(numbers)


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("spent", ["$5", "€5"]),  # two currencies
        ("share", ["45%", "0.45"]),  # one of the two is a hundred times too small
        ("spent", ["$5", "5"]),
        ("spent", ["1,5", "1.5"]),
        ("spent", ["1.234.567", "834.201"]),  # a population, or national numbers of people
        ("districts", ["1", "2", "1,2", "3", "4", "5", "7"]),  # a list
        ("note", ["12", "15", "(1)"]),  # a note below the table
        ("area", ["(619)", "(858)"]),
        ("agent", ["007", "008"]),
        ("zip", ["92101", "92102"]),
        ("Código postal", ["28001", "28002"]),
        ("spent", ["$007", "$12"]),
        ("phone", ["619-555-0100"]),
        ("size", ["12 km", "3 km"]),
        ("plate", ["ABC 123"]),
        ("spent", ["$5", "n/a"]),
    ],
)
def test_what_is_no_amount_or_could_be_two_stays_text(heading: str, values: list[str]) -> None:
    assert guessed(values, heading).type is ColumnType.TEXT


def test_a_value_that_does_not_fit_is_put_aside_with_its_line(tmp_path: Path) -> None:
    column = guessed(["$5", "$6"])
    done, kept = written(tmp_path, ["$5", "€6", "7", "$1.2.3", "$5$", "0", ""], column)
    assert done.reasons == {"spent: no number": 4}
    assert (sorted(one for one in kept if one is not None), kept.count(None)) == ([0, 5], 1)
    assert "\n3,spent: no number" in (tmp_path / "made" / "quarantine.csv").read_text(encoding="utf-8")


@given(
    numbers=st.lists(
        st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=2), min_size=1, max_size=30
    ),
    sign=st.sampled_from(("", *SIGNS)),
    is_behind=st.booleans(),
    decimal_comma=st.booleans(),
)
def test_whatever_is_written_by_one_rule_is_guessed_by_it(
    numbers: list[float], sign: str, is_behind: bool, decimal_comma: bool
) -> None:
    def told(number: float) -> str:
        text = f"{abs(number):,.2f}"
        text = text.translate(str.maketrans(",.", ".,")) if decimal_comma else text
        return ("-" if number < 0 else "") + (f"{text} {sign}" if is_behind else f"{sign}{text}")

    column = guessed([told(one) for one in numbers])
    assert (column.type, column.sign, column.decimal_comma) == (ColumnType.NUMBER, sign, decimal_comma)


@given(st.text(alphabet="0123456789.,$€%()- ", max_size=12), st.booleans(), st.booleans(), st.sampled_from(("", "$")))
def test_no_pattern_takes_what_has_two_numbers_in_it(text: str, comma: bool, brackets: bool, sign: str) -> None:
    if re.fullmatch(number_form(sign=sign, decimal_comma=comma, brackets=brackets), text):
        point = "," if comma else "."
        assert text.count(point) <= 1
        assert re.search(r"\d *[-($]+ *\d", text) is None
        assert text.count("(") == text.count(")") <= 1


def test_degrees_with_a_comma_make_a_point(tmp_path: Path) -> None:
    rows = (("32,7157", "-117,1611"), ("32,8", "-117,0"))
    contract = guessing.guessed("t", Sample(("lat", "lng"), rows))
    assert contract.columns[-1].type is ColumnType.POINT
    assert contract_files.checked(contract_files.as_given(contract)) == contract
    (tmp_path / "made").mkdir()
    file = tmp_path / "places.csv"
    file.write_text("lat;lng\n" + "".join(f"{lat};{lng}\n" for lat, lng in rows), encoding="utf-8")
    columns = snapshot_columns(contract, ("lat", "lng"), clock.now())
    done = DuckDbSnapshots().write(SnapshotJob(file, tmp_path / "made", columns, (), None, datetime(2026, 1, 1)))
    assert not done.reasons
    assert sorted(pq.read_table(tmp_path / "made" / PART_FILE).column("location.lat").to_pylist()) == [32.7157, 32.8]


@pytest.mark.parametrize(
    ("values", "kind", "day_first", "days"),
    [
        (["4 Mar 2024", "12 December 2023"], ColumnType.DATE, False, [datetime(2023, 12, 12), datetime(2024, 3, 4)]),
        (["Mar 4, 2024", "December 12, 2023"], ColumnType.DATE, False, [datetime(2023, 12, 12), datetime(2024, 3, 4)]),
        (["4-Mar-24", "12-Dec-2023"], ColumnType.DATE, False, [datetime(2023, 12, 12), datetime(2024, 3, 4)]),
        (["3/4/24", "12/31/2023"], ColumnType.DATE, False, [datetime(2023, 12, 31), datetime(2024, 3, 4)]),
        (["3/4/24", "31/12/2023"], ColumnType.DATE, True, [datetime(2023, 12, 31), datetime(2024, 4, 3)]),
        (["31.12.2023"], ColumnType.DATE, True, [datetime(2023, 12, 31)]),
        (["3/4/24 9:05", "3/4/2024 9:05 PM"], ColumnType.TIMESTAMP, False,
         [datetime(2024, 3, 4, 9, 5), datetime(2024, 3, 4, 21, 5)]),
    ],
)  # fmt: skip
def test_days_as_people_write_them_are_days(
    tmp_path: Path, values: list[str], kind: ColumnType, day_first: bool, days: list[datetime]
) -> None:
    column = guessed(values, "seen")
    assert (column.type, column.day_first) == (kind, day_first)
    done, kept = written(tmp_path, values, column)
    assert not done.reasons
    assert sorted(kept) == days


def test_no_day_is_one_of_antiquity_or_a_word(tmp_path: Path) -> None:
    column = guessed(["2024-03-04"], "seen")
    done, kept = written(tmp_path, ["2024-03-04", "24-03-04", "epoch", "infinity", "March"], column)
    assert done.reasons == {"seen: no date": 4}
    assert kept == [datetime(2024, 3, 4)]


def test_a_clerk_says_that_a_column_of_amounts_is_one_of_numbers() -> None:
    sample = Sample(("spent",), (("1.200,50 €",), ("7,00 €",), ("12 €",), ("3,10 €",), ("pending",)))
    stands = guessing.guessed("t", sample)
    assert stands.columns[0].type is ColumnType.TEXT
    chosen = editing.with_answers(stands, {**editing.answers_of(stands), "c0_type": "number"})
    [column] = guessing.with_numerals(chosen, stands, sample).columns
    assert (column.sign, column.decimal_comma, column.unit) == ("€", True, "€")
    again = Contract("t", {"en": "T"}, {}, "", "", (column,))
    filled = editing.answers_of(again)
    assert filled["c0_type"] == "number-decimal-comma"
    assert editing.with_answers(again, filled) == again
    [text] = editing.with_answers(again, {**filled, "c0_type": "text"}).columns
    assert (text.type, text.sign, text.decimal_comma) == (ColumnType.TEXT, "", False)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('type = "text"\nsign = "$"', "sign"),
        ('type = "number"\nsign = "5"', "sign"),
        ('type = "date"\ndecimal_comma = true', "decimal_comma"),
        ('type = "text"\nbrackets = true', "brackets"),
    ],
)
def test_a_contract_names_what_does_not_go_together(line: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        contract_files.read(f'name = "t"\ntitle = "T"\n[[columns]]\nname = "spent"\n{line}\n')
    assert f"columns.spent.{field}" in refused.value.fields
