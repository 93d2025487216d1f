"""The author's own line, repaired: `&` for `and`, and brackets around comparisons where `&` would grab too much."""

from __future__ import annotations

import ast
from functools import reduce

SIGNS: dict[type[ast.boolop], type[ast.operator]] = {ast.And: ast.BitAnd, ast.Or: ast.BitOr}
COMBINING = (ast.BitAnd, ast.BitOr)


def repaired(line: str) -> str | None:
    """Return a line of Python with its conditions combined as series need it, or None when nothing changes.

    >>> repaired("x = not a.b and c")
    'x = ~a.b & c'
    >>> repaired("x = 18 <= age < 80")
    'x = (18 <= age) & (age < 80)'
    >>> repaired("f(age > 18 & sex == 'female')")
    "f((age > 18) & (sex == 'female'))"
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
