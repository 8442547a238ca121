"""The functions of the query tree, and what each takes and gives.

A signature is written in letters: T text, N number, B boolean, S timestamp, I instant, P point; `o` any type that has
an order, `a` any type, each the same throughout one call; `n`, `t` a number or a text that stands in the query itself,
because engines prepare it; `*` the letter before may come again. "oo*>B" takes any number of one type.
"""

from __future__ import annotations

from enum import Enum


class Function(Enum):
    """What can be computed. The value: signatures, then whether it needs a group of rows."""

    NOT = ("not", ("B>B",))
    AND = ("and", ("BB>B",))
    OR = ("or", ("BB>B",))
    EQ = ("eq", ("oo>B",))
    NE = ("ne", ("oo>B",))
    LT = ("lt", ("oo>B",))
    LE = ("le", ("oo>B",))
    GT = ("gt", ("oo>B",))
    GE = ("ge", ("oo>B",))
    IN = ("in", ("oo*>B",))
    BETWEEN = ("between", ("ooo>B",))
    IS_NULL = ("is_null", ("a>B",))
    LIKE = ("like", ("Tt>B",))

    NEGATE = ("negate", ("N>N",))
    ADD = ("add", ("NN>N",))
    SUBTRACT = ("subtract", ("NN>N",))
    MULTIPLY = ("multiply", ("NN>N",))
    DIVIDE = ("divide", ("NN>N",))
    MODULO = ("modulo", ("NN>N",))
    POWER = ("power", ("NN>N",))
    ABS = ("abs", ("N>N",))
    CEIL = ("ceil", ("N>N",))
    FLOOR = ("floor", ("N>N",))
    ROUND = ("round", ("N>N", "Nn>N"))
    LN = ("ln", ("N>N",))

    TO_TEXT = ("to_text", ("T>T", "N>T", "B>T", "S>T", "I>T"))
    TO_NUMBER = ("to_number", ("N>N", "T>N"))
    TO_BOOLEAN = ("to_boolean", ("B>B", "T>B"))
    TO_TIMESTAMP = ("to_timestamp", ("S>S", "T>S"))
    TO_INSTANT = ("to_instant", ("I>I",))

    LOCAL_TIME = ("local_time", ("It>S",))

    CONCAT = ("concat", ("TT>T",))
    UPPER = ("upper", ("T>T",))
    LOWER = ("lower", ("T>T",))
    UNACCENT = ("unaccent", ("T>T",))
    STARTS_WITH = ("starts_with", ("TT>B",))
    CONTAINS = ("contains", ("TT>B",))
    SUBSTRING = ("substring", ("TN>T", "TNN>T"))
    SPLIT_PART = ("split_part", ("TTN>T",))

    CASE = ("case", ("Bo*>o",))
    COALESCE = ("coalesce", ("oo*>o",))
    NULLIF = ("nullif", ("oo>o",))
    LEAST = ("least", ("oo*>o",))
    GREATEST = ("greatest", ("oo*>o",))

    TRUNC_YEAR = ("trunc_year", ("S>S",))
    TRUNC_MONTH = ("trunc_month", ("S>S",))
    TRUNC_DAY = ("trunc_day", ("S>S",))
    YEAR = ("year", ("S>N",))
    MONTH = ("month", ("S>N",))
    DAY = ("day", ("S>N",))
    HOUR = ("hour", ("S>N",))
    MINUTE = ("minute", ("S>N",))
    SECOND = ("second", ("S>N",))
    DAY_OF_WEEK = ("day_of_week", ("S>N",))
    WEEK = ("week", ("S>N",))
    ISO_YEAR = ("iso_year", ("S>N",))
    DAYS_BETWEEN = ("days_between", ("SS>N", "II>N"))

    WITHIN_CIRCLE = ("within_circle", ("Pnnn>B",))
    WITHIN_BOX = ("within_box", ("Pnnnn>B",))
    WITHIN_POLYGON = ("within_polygon", ("Pt>B",))
    DISTANCE = ("distance", ("PP>N",))
    LONGITUDE = ("longitude", ("P>N",))
    LATITUDE = ("latitude", ("P>N",))

    COUNT_ALL = ("count_all", (">N",), True)
    COUNT = ("count", ("a>N",), True)
    COUNT_DISTINCT = ("count_distinct", ("a>N",), True)
    SUM = ("sum", ("N>N",), True)
    AVG = ("avg", ("N>N",), True)
    MEDIAN = ("median", ("N>N",), True)
    STDDEV_POP = ("stddev_pop", ("N>N",), True)
    STDDEV_SAMP = ("stddev_samp", ("N>N",), True)
    MIN = ("min", ("o>o",), True)
    MAX = ("max", ("o>o",), True)
    REGR_SLOPE = ("regr_slope", ("NN>N",), True)
    REGR_INTERCEPT = ("regr_intercept", ("NN>N",), True)
    REGR_R2 = ("regr_r2", ("NN>N",), True)

    def __init__(self, label: str, signatures: tuple[str, ...], is_aggregate: bool = False) -> None:
        self.label = label
        self.signatures = signatures
        self.is_aggregate = is_aggregate
