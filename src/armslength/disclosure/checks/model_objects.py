"""H1 to H4: models that remember people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from armslength.disclosure.cells import Kind
from armslength.disclosure.checks import BLOCK, WARN, About
from armslength.disclosure.names import normal, vocabulary
from armslength.disclosure.policy import DisclosurePolicy
from armslength.disclosure.report import Finding, Verdict
from armslength.disclosure.roles import Role
from armslength.disclosure.subject import Subject
from armslength.disclosure.tables import Document

ABOUT = About(
    code="H1",
    title="Models that remember people",
    verdicts=(BLOCK, WARN),
    stops="a model written out as JSON (trees, forests, kernels, nearest neighbours: H1), leaves or nodes with as"
    " few people as may not be shown (H2), residuals or fitted values on many rows without a count (H3), tables of very"
    " many coefficients (H4)",
    mend="release coefficients and rounded counts; a model that keeps training points stays inside",
    source="SACRO-ML, safe models and structural attacks; Smith et al. (2022)",
)
_MODEL_KEYS = vocabulary(
    "children_left children_right tree_info tree_structure gradient_booster learner_model_param support_vectors"
    " support_vectors_ dual_coef_ leaf_values split_conditions n_node_samples training_data x_train y_train"
)
_LEAF = vocabulary("n_node_samples node_samples leaf_size leaf_n n_leaf leaf_count samples_in_leaf")
_PER_PERSON = vocabulary(
    "resid residual residuals std_resid fitted fitted_values hat cooksd linear_predictors"
)
_MANY_COEFFICIENTS = 150


def find(document: Document, subjects: Sequence[Subject], policy: DisclosurePolicy) -> Iterator[Finding]:
    """Yield a finding per kind of model that remembers people."""
    keys = {key.lower() for key in document.keys} & _MODEL_KEYS
    if keys:
        yield Finding(
            code="H1",
            verdict=Verdict.BLOCK,
            what=f"the file holds a model written out (`{sorted(keys)[0]}`)",
            why="such a model keeps people's values, or can be asked whether a person was in it",
            fix=ABOUT.mend,
            table=document.name,
        )
    for subject in subjects:
        yield from _leaves(subject)
        yield from _per_person(subject)
        yield from _many_coefficients(subject)


def _leaves(subject: Subject) -> Iterator[Finding]:
    for index, name in enumerate(subject.table.header):
        if normal(name) not in _LEAF:
            continue
        small = [
            (row, index)
            for row, cell in enumerate(subject.table.columns[index])
            if cell.count is not None and 1 <= cell.count <= subject.policy.threshold
        ]
        if small:
            yield subject.finding(
                "H2",
                Verdict.BLOCK,
                what=f"{len(small)} leaves or nodes in `{name}` hold 1 to {subject.policy.threshold} people",
                why="a leaf is a group: its rule describes its people, its prediction is their outcome",
                fix="grow the tree with at least 10 people in each leaf",
                cells=small,
            )


def _per_person(subject: Subject) -> Iterator[Finding]:
    counted = any(column.role is Role.COUNT for column in subject.roles)
    for index, name in enumerate(subject.table.header):
        if normal(name) not in _PER_PERSON:
            continue
        shown = subject.table.shown(index)
        decimal = [cell for cell in shown if cell.kind is Kind.DECIMAL]
        many = len(decimal) >= subject.policy.record_level_rows and len(
            {cell.raw for cell in decimal}
        ) * 10 > 9 * len(shown)
        if many and not counted:
            residual = normal(name) not in ("fitted", "fitted_values")
            yield subject.finding(
                "H3",
                Verdict.BLOCK if residual else Verdict.WARN,
                what=f"`{name}` holds {len(decimal)} different values, as one per person would",
                why="a fitted value and its residual together are the value of a person",
                fix="release the coefficients, or residuals of groups",
                cells=[(0, index)],
            )


def _many_coefficients(subject: Subject) -> Iterator[Finding]:
    names = {normal(name) for name in subject.table.header}
    rows = len(subject.table.rows)
    terms = [
        index
        for index, name in enumerate(subject.table.header)
        if normal(name) in ("term", "variable", "parameter")
    ]
    if terms and names & {"estimate", "coef", "beta"} and rows > _MANY_COEFFICIENTS:
        distinct = len({cell.raw for cell in subject.table.columns[terms[0]]})
        if distinct > _MANY_COEFFICIENTS:
            yield subject.finding(
                "H4",
                Verdict.WARN,
                what=f"the model has {distinct} coefficients",
                why="with one coefficient for each small group, coefficients are statistics of small groups",
                fix="give the smallest number of people behind a coefficient, or use fewer groups",
                value=str(distinct),
            )
