"""The author's own line, repaired: `&` for `and`, brackets where `&` grabs too much, `is_in`, `case`, `maximum_of`."""

from __future__ import annotations

import ast
from functools import reduce

SIGNS: dict[type[ast.boolop], type[ast.operator]] = {ast.And: ast.BitAnd, ast.Or: ast.BitOr}
MEMBERSHIP: dict[type[ast.cmpop], str] = {ast.In: "is_in", ast.NotIn: "is_not_in"}
LISTS = (ast.List, ast.Tuple, ast.Set)
EXTREMES = {"max": "maximum_of", "min": "minimum_of"}
COMBINING = (ast.BitAnd, ast.BitOr)


def repaired(line: str) -> str | None:
    """Return a line of Python with its conditions combined as series need it, or None when nothing changes.

    >>> repaired("x = not a.b and c")
    'x = ~a.b & c'
    >>> repaired("x = 18 <= age < 80")
    'x = (18 <= age) & (age < 80)'
    >>> repaired("f(age > 18 & sex == 'female')")
    "f((age > 18) & (sex == 'female'))"
    >>> repaired("x = 1 if sex in ['male'] else max(a, b)")
    "x = case(when(sex.is_in(['male'])).then(1), otherwise=maximum_of(a, b))"
    """
    try:
        tree = ast.parse(line.strip())
    except SyntaxError:  # part of a statement of several lines
        return None
    before = ast.unparse(tree)
    after = ast.unparse(ast.fix_missing_locations(_Combine().visit(tree)))
    return after if after != before else None


class _Combine(ast.NodeTransformer):
    """Rewrites what Python means by a condition into what a series can do."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """`1 if a else 2` becomes a case with one branch."""
        self.generic_visit(node)
        condition = ast.Call(ast.Name("when"), [node.test], [])
        branch = ast.Call(ast.Attribute(condition, "then"), [node.body], [])
        return ast.Call(ast.Name("case"), [branch], [ast.keyword("otherwise", node.orelse)])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`max(a, b)` becomes `maximum_of(a, b)`."""
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in EXTREMES and len(node.args) > 1:
            node.func = ast.Name(EXTREMES[node.func.id])
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        sign = SIGNS[type(node.op)]
        return reduce(lambda left, right: ast.BinOp(left, sign(), right), node.values)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return ast.UnaryOp(ast.Invert(), node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a < b < c` becomes two comparisons; so does `a == b & c == d`, which Python reads as `a == (b & c) == d`."""
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in MEMBERSHIP and isinstance(node.comparators[0], LISTS):
            asked = ast.Attribute(node.left, MEMBERSHIP[type(node.ops[0])])
            return ast.Call(asked, node.comparators, [])
        left, pairs, signs = node.left, [], []
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(right, ast.BinOp) and isinstance(right.op, COMBINING):
                pairs.append(ast.Compare(left, [operator], [right.left]))
                signs.append(right.op)
                left = right.right
            else:
                pairs.append(ast.Compare(left, [operator], [right]))
                signs.append(ast.BitAnd())
                left = right
        whole: ast.expr = pairs[0]
        for sign, pair in zip(signs, pairs[1:], strict=False):
            whole = ast.BinOp(whole, sign, pair)
        last = node.comparators[-1]
        if isinstance(last, ast.BinOp) and isinstance(last.op, COMBINING):
            whole = ast.BinOp(whole, last.op, last.right)
        return whole
