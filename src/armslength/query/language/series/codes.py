"""Code series and multi-code strings: what can be asked about clinical codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, NoReturn

from armslength.query.language.operands import build, is_series, refuse_unsuitable
from armslength.query.language.series.base import BaseSeries, EventSeries, PatientSeries, register, wrap
from armslength.query.model import nodes as n
from armslength.query.model.codes import BaseCode, BaseMultiCodeString

if TYPE_CHECKING:
    from armslength.query.language.series.booleans import BoolSeries


class CodeSeries(BaseSeries):
    """Codes of one coding system. Strings they meet are checked against the system at once."""

    def to_category(self, categorisation: Mapping[Any, Any], default: Any = None) -> Any:
        """Replace codes by their category, as read with `codelist_from_csv(…, category_column=…)`."""
        return self.map_values(categorisation, default=default)


class CodePatientSeries(CodeSeries, PatientSeries):
    """One code per patient."""


class CodeEventSeries(CodeSeries, EventSeries):
    """One code per row."""


class MultiCodeStringSeries(BaseSeries):
    """Many codes in one text. It can only be searched."""

    def contains(self, code: Any) -> BoolSeries:
        """Whether the text contains a code, or the beginning of one such as `"M06"`; not aligned to codes."""
        return wrap(self._containing(code))

    def contains_any_of(self, codes: Iterable[Any]) -> BoolSeries:
        """Whether the text contains any of these codes or beginnings of codes."""
        refuse_unsuitable(codes)
        if isinstance(codes, str):
            raise TypeError(
                f"`contains_any_of` expects a list of codes, not one string: use `.contains({codes!r})`"
            )
        conditions = [self._containing(code) for code in codes]
        if not conditions:
            raise TypeError("`contains_any_of` needs at least one code, but the list is empty")
        return wrap(reduce(n.Or, conditions))

    def _containing(self, code: Any) -> n.Series:
        kind: Any = self._type
        if is_series(code):
            condition: n.Series = build(n.StringContains, self._node, code._node)
            return condition
        refuse_unsuitable(code)
        return n.StringContains(self._node, n.Value(kind.search_text(code)))

    def _refuse(self, method: str) -> NoReturn:
        raise TypeError(
            f"`{method}` cannot be used on a string of many codes: use `contains(code)` or "
            "`contains_any_of(codes)`, with `~` in front for the opposite"
        )

    __hash__ = None

    def __eq__(self, other: Any) -> NoReturn:
        self._refuse("==")

    def __ne__(self, other: Any) -> NoReturn:
        self._refuse("!=")

    def is_in(self, other: Any) -> NoReturn:
        self._refuse("is_in")

    def is_not_in(self, other: Any) -> NoReturn:
        self._refuse("is_not_in")

    def map_values(self, mapping: Mapping[Any, Any], default: Any = None) -> NoReturn:
        self._refuse("map_values")


class MultiCodeStringPatientSeries(MultiCodeStringSeries, PatientSeries):
    """One string of codes per patient."""


class MultiCodeStringEventSeries(MultiCodeStringSeries, EventSeries):
    """One string of codes per row."""


register(BaseCode, CodePatientSeries, CodeEventSeries)
register(BaseMultiCodeString, MultiCodeStringPatientSeries, MultiCodeStringEventSeries)
