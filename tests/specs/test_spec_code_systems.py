"""Coding systems: a column knows its system, and what it is compared with must be a code of that system."""

from ehrql import maximum_of, minimum_of
from ehrql.codes import BNFCode, ICD10Code, OPCS4Code
from spec_tables import coded

CODES = """
    patient | snomed      | dmd     | ctv3  | icd10 | opcs4 | bnf
    1       | 23965909711 | 9999999 | De4.. | A01X  | A011  | 0301012A0AAABAB
    2       | 123456      | 123456  | AbC12 | B234  | Z99   | 21480000103
    3       | ∅           | ∅       | ∅     | ∅     | ∅     | ∅
"""


def test_a_code_of_each_system(spec):
    """Codes may be written as text; they are checked against the system when the query is written, not when it runs."""
    spec(
        coded=CODES,
        asks={
            "snomed": coded.snomed == "23965909711",
            "dmd": coded.dmd != "9999999",
            "ctv3": coded.ctv3.is_in(["De4..", "XY..."]),
            "icd10": coded.icd10.is_not_in({"A01X": "category"}),
            "opcs4": coded.opcs4 == OPCS4Code("A011"),
            "bnf": coded.bnf.is_in([BNFCode("21480000103")]),
        },
        gives="""
            patient | snomed | dmd | ctv3 | icd10 | opcs4 | bnf
            1       | T      | F   | T    | F     | T     | F
            2       | F      | T   | F    | T     | F     | T
            3       | ∅      | ∅   | ∅    | ∅     | ∅     | ∅
        """,
    )


def test_case_counts_in_codes(spec):
    """Read codes differ by case alone."""
    spec(
        coded=CODES,
        asks={"same": coded.ctv3 == "AbC12", "other": coded.ctv3 == "ABC12"},
        gives="""
            patient | same | other
            1       | F    | F
            2       | T    | F
            3       | ∅    | ∅
        """,
    )


def test_codes_become_categories_and_defaults(spec):
    """A mapping from codes; a code where there is none."""
    spec(
        coded=CODES,
        asks={
            "category": coded.icd10.to_category({"A01X": "typhoid", "B234": "other"}),
            "number": coded.opcs4.map_values({"A011": 1}, default=0),
            "filled": coded.snomed.when_null_then("999999") == "999999",
        },
        gives="""
            patient | category | number | filled
            1       | typhoid  | 1      | F
            2       | other    | 0      | F
            3       | ∅        | 0      | T
        """,
    )


def test_the_first_and_last_of_codes(spec):
    """Codes have no size, but an order: that of text."""
    spec(
        coded=CODES,
        asks={
            "least": minimum_of(coded.icd10, "A99") == "A99",
            "greatest": maximum_of("A99", coded.icd10) == ICD10Code("A99"),
        },
        gives="""
            patient | least | greatest
            1       | F     | T
            2       | T     | F
            3       | T     | T
        """,
    )


def test_strings_of_procedures(spec):
    """A part of a code is enough, and is found anywhere in the text."""
    spec(
        coded="""
            patient | diagnoses              | operations
            1       | ¦¦E119 ,A01X2 ¦¦I801   | ¦¦A011 ,B02
            2       | ""                     | ¦¦Z99
            3       | ∅                      | ∅
        """,
        asks={
            "inside": coded.diagnoses.contains("X2"),
            "whole": coded.diagnoses.contains(ICD10Code("A01X2")),
            "letter": coded.operations.contains("A"),
            "any": coded.operations.contains_any_of([OPCS4Code("B02"), "Z9"]),
            "none": ~coded.operations.contains_any_of(["C"]),
            "missing": coded.operations.is_null(),
        },
        gives="""
            patient | inside | whole | letter | any | none | missing
            1       | T      | T     | T      | T   | T    | F
            2       | F      | F     | F      | T   | T    | F
            3       | ∅      | ∅     | ∅      | ∅   | ∅    | T
        """,
    )
