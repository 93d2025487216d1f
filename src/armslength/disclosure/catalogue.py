"""The catalogue: every check, in the order its findings are told. The manual is printed from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from armslength.disclosure.abouts import OTHERS
from armslength.disclosure.attack.findings import CHECKS as DERIVATIONS
from armslength.disclosure.attack.repeats import DOCUMENT_CHECKS as REPEATS
from armslength.disclosure.checks import (
    About,
    broken_claims,
    class_disclosure,
    contradicted_threshold,
    dominance,
    embedded_data,
    exact_dates,
    extremes,
    few_degrees,
    figure_marks,
    fine_lines,
    free_text,
    hidden_content,
    identifier_columns,
    kind_of_file,
    mixed_schemes,
    model_objects,
    model_without_counts,
    much_hidden,
    numbers_in_text,
    organisation_codes,
    personal_identifiers,
    ratios_from_raw,
    raw_totals,
    record_level,
    small_counts,
    small_group_statistics,
    small_parts,
    survival_steps,
    telling_inequalities,
    telling_means,
    uneven_rows,
    unnamed_columns,
    unrounded_counts,
    zero_convention,
)
from armslength.disclosure.history.about import ABOUTS as HISTORY
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document


class TableCheck(Protocol):
    """A check of one table by itself."""

    @property
    def ABOUT(self) -> About: ...

    def find(self, subject: Subject) -> Iterator[Finding]: ...


class DocumentCheck(Protocol):
    """A check of a whole file: its tables, its texts, what it draws."""

    @property
    def ABOUT(self) -> About: ...

    def find(
        self, document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy
    ) -> Iterator[Finding]: ...


TABLE_CHECKS: tuple[TableCheck, ...] = (
    identifier_columns,
    record_level,
    organisation_codes,
    exact_dates,
    uneven_rows,
    free_text,
    small_counts,
    small_parts,
    small_group_statistics,
    extremes,
    survival_steps,
    class_disclosure,
    dominance,
    much_hidden,
    telling_inequalities,
    unrounded_counts,
    mixed_schemes,
    raw_totals,
    ratios_from_raw,
    telling_means,
    broken_claims,
    contradicted_threshold,
    zero_convention,
    unnamed_columns,
    *DERIVATIONS,
)
DOCUMENT_CHECKS: tuple[DocumentCheck, ...] = (
    personal_identifiers,
    hidden_content,
    few_degrees,
    numbers_in_text,
    model_without_counts,
    figure_marks,
    fine_lines,
    embedded_data,
    model_objects,
    *REPEATS,
)


def every_about() -> list[About]:
    """What every check says of itself, in the order of the catalogue."""
    of_tables, of_documents = (
        [check.ABOUT for check in TABLE_CHECKS],
        [check.ABOUT for check in DOCUMENT_CHECKS],
    )
    abouts = [*of_tables, *of_documents, kind_of_file.ABOUT, *OTHERS, *HISTORY]
    return sorted(abouts, key=lambda about: (about.code[0], int(about.code[1:])))
