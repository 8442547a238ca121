"""Reads one SELECT by recursive descent, with PostgreSQL's precedence. What is not written here is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cityhall.apps.opendata.expressions.grammar import Grammar
from cityhall.apps.opendata.expressions.lexer import Kind, SyntaxProblem, tokens
from cityhall.apps.opendata.expressions.reading import apply, negated_if, operator
from cityhall.apps.opendata.expressions.syntax import Chosen, Constant, Name, Star, Statement, Syntax
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.query import Literal

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|--[^\n]*)
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |"(?P<quoted>[^"]{1,200})"
    |'(?P<single>(?:[^']|'')*)'
    |(?P<sign><=|>=|<>|!=|\|\||::|[-+*/%^=<>(),.;])""",
    re.VERBOSE | re.ASCII,
)
_COMPARISONS: Final = {"=": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_REFUSED: Final = {
    "union": "UNION", "intersect": "INTERSECT", "except": "EXCEPT", "with": "WITH", "join": "joins",
    "inner": "joins", "left": "joins", "right": "joins", "full": "joins", "cross": "joins", "natural": "joins",
    "lateral": "LATERAL", "select": "queries within queries", "values": "VALUES", "over": "window functions",
    "window": "WINDOW", "filter": "FILTER", "within": "WITHIN GROUP", "fetch": "FETCH (use LIMIT)", "for": "FOR",
    "into": "INTO", "exists": "EXISTS", "any": "ANY", "some": "SOME", "all": "ALL", "array": "arrays",
    "similar": "SIMILAR TO", "escape": "ESCAPE", "collate": "COLLATE", "interval": "intervals", "table": "TABLE",
    "using": "USING", "tablesample": "TABLESAMPLE", "row": "ROW", "symmetric": "SYMMETRIC", "at": "AT TIME ZONE",
    "insert": "writes", "update": "writes", "delete": "writes", "merge": "writes", "truncate": "writes",
    "create": "writes", "alter": "writes", "drop": "writes", "grant": "writes", "revoke": "writes", "copy": "COPY",
    "call": "CALL", "do": "DO", "execute": "EXECUTE", "set": "SET", "show": "SHOW", "explain": "EXPLAIN",
    "begin": "transactions", "commit": "transactions", "attach": "ATTACH", "pragma": "PRAGMA", "install": "INSTALL",
}  # fmt: skip
_RESERVED: Final = frozenset(
    {
        "distinct", "from", "where", "group", "having", "order", "limit", "offset", "as", "by", "and", "or", "not",
        "in", "is", "like", "ilike", "between", "asc", "desc", "nulls", "case", "when", "then", "else", "end", "cast",
        "true", "false", "null", "on", *_REFUSED,
    }
)  # fmt: skip
_NAMED_VALUES: Final = frozenset({"date", "timestamp", "timestamptz"})
_TYPE_TAILS: Final = {
    "double": (("precision",),),
    "character": (("varying",),),
    "timestamp": (("without", "time", "zone"), ("with", "time", "zone")),
}


@dataclass(frozen=True, slots=True)
class Select:
    """A whole statement, and the dataset it asks."""

    table: str
    statement: Statement


def read(text: str) -> Select:
    """Return what a text says. Raises SyntaxProblem."""
    return _Parser(text).statement()


class _Parser(Grammar):
    refused = _REFUSED
    reserved = _RESERVED
    keeps_case = True

    def __init__(self, text: str) -> None:
        super().__init__(tokens(text, _TOKEN))
        self._qualifiers: dict[str, int] = {}
        self._known: set[str] | None = None

    # Clauses

    def statement(self) -> Select:
        """Read the statement. One semicolon may end it."""
        if not self._is("select"):
            raise self._unexpected("'SELECT'")
        self._take()
        self._accept("all")
        distinct = bool(self._accept("distinct"))
        if distinct and self._is("on"):
            raise SyntaxProblem("This server does not answer DISTINCT ON.", position=self._next.position)
        items = self._list(self._item)
        self._expect("from")
        table = self._from()
        where = self.expression() if self._accept("where") else None
        group = self._by("group", self.expressions)
        having = self.expression() if self._accept("having") else None
        order = self._by("order", lambda: self._list(self._key))
        limit = offset = None
        for _ in range(2):
            if limit is None and self._accept("limit"):
                limit = None if self._accept("all") else self.count()
            if offset is None and self._accept("offset"):
                offset = self.count()
                self._accept("rows", "row")
        if self._accept(";") and self._next.kind is not Kind.END:
            got, place = self._next.text, self._next.position
            raise SyntaxProblem(
                f"The query is not a single statement: {got!r} at character {place + 1}.", position=place
            )
        return self.whole(
            lambda: Select(table, Statement(items, distinct, where, group, having, order, "", limit, offset))
        )

    def _item(self) -> Star | Chosen:
        if self._accept("*"):
            return Star()
        if self._after.text == "." and self._tokens[min(self._at + 2, len(self._tokens) - 1)].text == "*":
            self._qualifier()
            self._expect("*")
            return Star()
        syntax = self.expression()
        if self._accept("as"):
            return Chosen(syntax, self._label())
        token = self._next
        bare = token.kind is Kind.NAME and token.text not in self.reserved
        return Chosen(syntax, self._take().text if bare or token.kind is Kind.QUOTED_NAME else "")

    def _label(self) -> str:
        """Read a name after AS, where PostgreSQL takes its own words too."""
        if self._next.kind in (Kind.NAME, Kind.QUOTED_NAME):
            return self._take().text
        raise self._unexpected("a name")

    def _from(self) -> str:
        table = self._name().lower()
        if self._is("."):
            raise SyntaxProblem(
                "There are no schemas here: name a dataset's resource id.", position=self._next.position
            )
        known = {table}
        if self._accept("as"):
            known = {self._name().lower()}
        elif self._next.kind is Kind.QUOTED_NAME or (
            self._next.kind is Kind.NAME and self._next.text not in self.reserved
        ):
            known = {self._take().text.lower()}
        if self._is(","):
            raise SyntaxProblem("This server answers queries over one dataset only.", position=self._next.position)
        for name, position in self._qualifiers.items():
            if name not in known:
                raise SyntaxProblem(f"{name!r} is not the dataset of this query.", position=position)
        self._known = known
        return table

    def _qualifier(self) -> None:
        """Read the dataset's name before a column's."""
        position, name = self._next.position, self._name().lower()
        self._expect(".")
        if self._known is not None and name not in self._known:
            raise SyntaxProblem(f"{name!r} is not the dataset of this query.", position=position)
        self._qualifiers.setdefault(name, position)

    # Expressions

    def _predicate(self) -> Syntax:
        left = self._comparison()
        while self._accept("is"):
            is_not = bool(self._accept("not"))
            word = self._accept("null", "true", "false", "unknown")
            if not word:
                raise self._unexpected("'NULL', 'TRUE' or 'FALSE'")
            if word in ("true", "false"):
                asked = left if word == "true" else operator("not", left)
                left = apply("coalesce", (asked, Constant(Literal(False, Type.BOOLEAN), "false")))
            else:
                left = apply("is_null", (left,))
            left = negated_if(left, is_not)
        return left

    def _comparison(self) -> Syntax:
        left = self._belonging()
        sign = self._accept(*_COMPARISONS)
        return operator(_COMPARISONS[sign], left, self._belonging()) if sign else left

    def _belonging(self) -> Syntax:
        left = self._joined()
        is_not = self._is("not") and self._after.text in ("in", "like", "ilike", "between")
        if is_not:
            self._take()
        word = self._accept("in", "like", "ilike", "between")
        return negated_if(self._among(word, left, self._joined), is_not) if word else left

    def _joined(self) -> Syntax:
        return self._chain(("||",), self._sum)

    def _power(self) -> Syntax:
        return self._chain(("^",), self._signed)

    def _type(self) -> str:
        """Read a type's name, its further words and its lengths."""
        name = self._name()
        for tail in _TYPE_TAILS.get(name, ()):
            if self._is(tail[0]):
                for word in tail:
                    self._expect(word)
                name = f"{name} {' '.join(tail)}"
        if self._accept("("):
            self._list(self.count)
            self._expect(")")
        return name

    def _named(self) -> Syntax:
        if self._accept("case"):
            return self._case()
        if self._is("cast", "extract") and self._after.text == "(":
            return self._cast_call() if self._accept("cast") else self._extract()
        token = self._next
        if token.kind is Kind.NAME and token.text in _NAMED_VALUES and self._after.kind is Kind.TEXT:
            return apply(f"::{self._take().text}", (self._text(),), is_operator=True)
        if self._after.text == "." and self._after.kind is Kind.SIGN:
            self._qualifier()
            return Name(self._name())
        return super()._named()

    def _case(self) -> Syntax:
        asked = None if self._is("when") else self.expression()
        parts: list[Syntax] = []
        while self._accept("when"):
            condition = self.expression()
            parts.append(condition if asked is None else operator("=", asked, condition))
            self._expect("then")
            parts.append(self.expression())
        if not parts:
            raise self._unexpected("'WHEN'")
        if self._accept("else"):
            parts += [Constant(Literal(True, Type.BOOLEAN), "true"), self.expression()]
        self._expect("end")
        return apply("case", tuple(parts))

    def _cast_call(self) -> Syntax:
        self._expect("(")
        inner = self.expression()
        self._expect("as")
        kind = self._type()
        self._expect(")")
        return apply(f"::{kind}", (inner,), is_operator=True)

    def _extract(self) -> Syntax:
        self._expect("extract")
        self._expect("(")
        token = self._next
        if token.kind not in (Kind.NAME, Kind.TEXT):
            raise self._unexpected("a part of a time, such as YEAR")
        part = self._take().text
        self._expect("from")
        moment = self.expression()
        self._expect(")")
        return apply("date_part", (Constant(Literal(part, Type.TEXT), part), moment))
