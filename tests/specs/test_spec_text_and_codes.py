"""Text, clinical codes, and strings of many codes."""

from ehrql.codes import SNOMEDCTCode, codelist_from_csv_lines
from spec_tables import e, p


def test_contains(spec):
    """Letter by letter: case counts, and `%`, `_` and `/` mean themselves."""
    spec(
        p="""
            patient | s1     | s2
            1       | x12    | x1
            2       | X12    | x1
            3       | a b    | ab
            4       | q%w_/  | %w_/
            5       | qAw_/  | %w_/
            6       | ∅      | a
            7       | abc    | ∅
            8       | abc    | ""
        """,
        asks={"column": p.s1.contains(p.s2), "literal": p.s1.contains("12")},
        gives="""
            patient | column | literal
            1       | T      | T
            2       | F      | T
            3       | F      | F
            4       | T      | F
            5       | F      | F
            6       | ∅      | ∅
            7       | ∅      | F
            8       | T      | F
        """,
    )


def test_order_of_text(spec):
    """By code points: capitals first, and the empty text before everything."""
    spec(
        p="""
            patient | s1 | s2
            1       | B  | a
            2       | "" | A
            3       | ab | b
        """,
        asks={"less": p.s1 < p.s2, "equal": p.s1 == p.s2},
        gives="""
            patient | less | equal
            1       | T    | F
            2       | T    | F
            3       | T    | F
        """,
    )


CODES = """
    patient | c1
    1       | 123456
    2       | 234567
    3       | 345678
    4       | ∅
"""


def test_codes_and_codelists(spec):
    """Codes compare with codes of their system, written as text or not."""
    codelist = codelist_from_csv_lines(["code,term", "123456,one", "234567,two"], column="code")
    spec(
        p=CODES,
        asks={
            "equal": p.c1 == "123456",
            "different": p.c1 != SNOMEDCTCode("123456"),
            "listed": p.c1.is_in(codelist),
            "given": p.c1.when_null_then("999999") == "999999",
        },
        gives="""
            patient | equal | different | listed | given
            1       | T     | F         | T      | F
            2       | F     | T         | T      | F
            3       | F     | T         | F      | F
            4       | ∅     | ∅         | ∅      | T
        """,
    )


def test_codes_to_categories(spec):
    """A codelist with categories turns codes into them."""
    lines = ["code,group", "123456,first", "234567,second", "999999,first"]
    codelist = codelist_from_csv_lines(lines, column="code", category_column="group")
    spec(
        p=CODES,
        asks={"group": p.c1.to_category(codelist), "other": p.c1.to_category(codelist, default="other")},
        gives="""
            patient | group  | other
            1       | first  | first
            2       | second | second
            3       | ∅      | other
            4       | ∅      | other
        """,
    )


def test_codes_of_rows(spec):
    """Filtering by a codelist is the commonest thing a study does."""
    spec(
        e="""
            patient | c1
            1       | 123456
            1       | 999999
            2       | ∅
        """,
        asks={"found": e.where(e.c1.is_in(["123456"])).exists_for_patient()},
        gives="""
            patient | found
            1       | T
            2       | F
        """,
    )


def test_strings_of_many_codes(spec):
    """Searched for a code or for the beginning of one."""
    spec(
        p="""
            patient | m1
            1       | ¦¦E119 ,M069 ¦¦I801
            2       | ¦¦A429 ,J170
            3       | ¦¦M060
            4       | ∅
        """,
        asks={
            "prefix": p.m1.contains("M06"),
            "code": p.m1.contains("M069"),
            "any": p.m1.contains_any_of(["M069", "A429"]),
        },
        gives="""
            patient | prefix | code | any
            1       | T      | T    | T
            2       | F      | F    | T
            3       | T      | F    | F
            4       | ∅      | ∅    | ∅
        """,
    )
