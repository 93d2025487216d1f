"""What raw SQL may be made of. Whatever is not on these lists is refused, so nothing new is allowed by accident."""

from __future__ import annotations

from sqlglot import exp

# The skeleton of a query: clauses, joins, names, values.
_SKELETON = """
    Alias Aliases Array Between Boolean Bracket CTE Case Cast Collate ColumnDef Column Cube DataType
    DataTypeParam Distinct Escape Except Exists Fetch Filter From Group GroupingSets Having HexString Identifier If
    IgnoreNulls In Intersect Interval Join JSONPath JSONPathKey JSONPathRoot JSONPathSubscript Lateral Limit Literal
    National Null Offset Order Ordered PropertyEQ Qualify RespectNulls Rollup Select Slice Star Struct Subquery
    Table TableAlias TryCast Tuple Union Unnest Values Var Where Window WindowSpec With WithinGroup
    AtTimeZone IntervalSpan Paren Lambda Kwarg All Any
"""
_OPERATORS = """
    Add And BitwiseAnd BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor Concat DPipe Div EQ
    Extract GT GTE ILike IntDiv Is LT LTE Like Mod Mul NEQ Neg Not NullSafeEQ NullSafeNEQ Or RegexpILike RegexpLike
    SimilarTo Sub Xor
"""
_FUNCTIONS = """
    Abs Acos AnyValue ApproxDistinct ApproxQuantile ArgMax ArgMin ArrayAgg ArraySize Ascii Asin Atan Atan2 Avg
    BitLength Cbrt Ceil Chr Coalesce ConcatWs Contains Corr Cos Count CountIf CovarPop CovarSamp CumeDist
    CurrentDate CurrentTimestamp Date DateAdd DateDiff DateFromParts DateStrToDate DateSub DateTrunc Day
    DayOfMonth DayOfWeek DayOfWeekIso DayOfYear DenseRank EndsWith EuclideanDistance Exp Explode First
    FirstValue Floor GenerateSeries Greatest GroupConcat Hex Initcap Kurtosis Lag Last LastDay LastValue Lead
    Least Left Length Levenshtein Ln Log LogicalAnd LogicalOr Lower MakeInterval MD5 Max Median Min Mode Month
    MonthsBetween NthValue Ntile Nullif Nvl2 Pad PercentRank PercentileCont PercentileDisc Pi Pow Quantile
    Quarter Radians RangeN Rank RegexpExtract RegexpReplace Repeat Replace Reverse Right Round RowNumber SHA2
    Sign Sin Skewness Split SplitPart Sqrt Stddev StddevPop StddevSamp StartsWith StrPosition StrToDate
    StrToTime Stuff Substring Sum Tan TimeToStr TimestampTrunc ToChar ToNumber Translate Trim Trunc TryCast
    TsOrDsAdd TsOrDsDiff TsOrDsToDate TsOrDsToTimestamp Unicode Upper Variance VariancePop Week WeekOfYear
    Year
"""
SYNTAX: frozenset[type[exp.Expr]] = frozenset(
    kind
    for name in f"{_SKELETON} {_OPERATORS} {_FUNCTIONS}".split()
    if isinstance(kind := getattr(exp, name, None), type)
)
# Functions that sqlglot has no class for. None of them reads a file, the network, a setting or another query.
_NAMED = """
    age ceiling choose count_big datalength date_bucket datename datepart day dayname epoch eomonth even factorial
    format gamma iif isnumeric isoyear len list_distinct list_sort list_sum mad monthname month newid nvl parse
    patindex quotename replicate space square strip_accents string_agg switchoffset to_days to_months to_years
    try_convert try_parse weekday width_bucket yearweek bool_and bool_or strftime strptime make_date date_part
    datediff datesub dateadd typeof histogram approx_count_distinct quantile_cont quantile_disc regexp_matches
"""
NAMED_FUNCTIONS = frozenset(_NAMED.split())
# What each of these holds besides itself would change which rows are read, or how: `ONLY`, samples, older versions.
PARTS_OF_TABLE = frozenset({"this", "alias", "db"})
SCHEMAS = frozenset({"dbo", "main", "public"})
WORDS: dict[str, str] = {
    "Into": "`INTO` writes a table; the rows go to `--output`",
    "Lock": "a query that is only read locks nothing",
    "Pivot": "pivots are not understood here; use `CASE` and `GROUP BY`",
    "Hint": "hints are not passed on",
    "WithTableHint": "hints are not passed on",
    "Parameter": "there are no parameters",
    "Placeholder": "there are no parameters",
    "SessionParameter": "settings of the server are not read",
    "TableSample": "samples are not understood here; use `LIMIT` or `TOP`",
    "ReadCSV": "files are not read",
    "ReadParquet": "files are not read",
    "OpenJSON": "functions that give tables are not called",
    "Dot": "functions of a schema and methods are not called",
}


def why_not_statement(statement: exp.Expr | None) -> str | None:
    """Return why a statement is not one that only reads, or None."""
    if not isinstance(statement, exp.Query):
        kind = type(statement).__name__.upper() if statement is not None else "nothing"
        return f"only one `SELECT` is run here, and this is {kind}"
    return None


def why_not_node(node: exp.Expr) -> str | None:
    """Return why a part of a query is refused, or None."""
    if isinstance(node, exp.Anonymous):
        name = str(node.this).lower()
        return (
            None
            if name in NAMED_FUNCTIONS
            else f"the function `{name}` is not on the list of those that may be called"
        )
    if type(node) not in SYNTAX:
        name = type(node).__name__
        return WORDS.get(name, f"`{_shown(node)}` ({name}) is not on the list of what may be written")
    if isinstance(node, exp.Table):
        return _why_not_table(node)
    if isinstance(node, exp.Column) and (node.args.get("db") or node.args.get("catalog")):
        return f"`{_shown(node)}` names a schema; give the table an alias and use that"
    if isinstance(node, exp.Lateral) and not isinstance(node.this, (exp.Subquery, exp.Unnest)):
        return "functions that give tables are not called"
    if isinstance(node, exp.With) and node.args.get("search"):
        return "`SEARCH` and `CYCLE` are not understood here"
    return None


def _why_not_table(table: exp.Table) -> str | None:
    if not isinstance(table.this, exp.Identifier):
        return f"`{_shown(table)}` is a function that gives a table; those are not called"
    given = {name for name, value in table.args.items() if value}
    if extra := sorted(given - PARTS_OF_TABLE):
        return f"`{_shown(table)}` says more than the name of a table ({', '.join(extra)}); that is not understood here"
    if table.args.get("db") and table.db.lower() not in SCHEMAS:
        return (
            f"`{_shown(table)}` is in another schema; those that may be read are {', '.join(sorted(SCHEMAS))}"
        )
    return None


def _shown(node: exp.Expr) -> str:
    text = node.sql()
    return text if len(text) <= 60 else f"{text[:57]}…"
