"""Python definitions read with their comments and written again: what was not changed keeps its author's layout."""

import ast
import inspect
import io
import re
import tokenize
from functools import lru_cache
from types import ModuleType

_INDENT = "    "


@lru_cache
def definitions(module: ModuleType) -> dict[str, ast.stmt]:
    """The top-level classes and functions of a module by name.

    Every statement and expression knows how it was written: `written`, its tree and its text. A statement has its
    comments too: `above` and `beside` it. Not to be changed: callers that want to, copy.
    """
    source = inspect.getsource(module)
    above, beside = _comments(source)
    tree, lines = ast.parse(source), source.splitlines()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr):
            node.written = ast.dump(node), _segment(lines, node)
        if isinstance(node, ast.stmt):
            node.above = above.get(node.lineno, ())
            node.beside = "" if hasattr(node, "body") else beside.get(node.end_lineno, "")
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}


def text(definition: ast.stmt) -> str:
    """A class or function as a file has it."""
    return "\n".join(_lines([definition], "")) + "\n"


def _comments(source):
    """Comments by line: lists of those above the statement that begins there, and the one beside what ends there."""
    above, beside, waiting = {}, {}, []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            if token.line[: token.start[1]].strip():
                beside[line] = token.string
            else:
                waiting.append(token.string)
        elif waiting and token.type not in (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            above[line], waiting = waiting, []
    return above, beside


def _segment(lines, node):
    """The node's text, further lines indented relative to its first. This project's sources are ASCII: a column is a
    character."""
    whole = lines[node.lineno - 1 : node.end_lineno]
    whole[-1] = whole[-1][: node.end_col_offset]
    first, *rest = whole
    return "\n".join([first[node.col_offset :], *(line.removeprefix(" " * node.col_offset) for line in rest)])


def _lines(body, indent):
    for number, statement in enumerate(body):
        is_documented = number == 1 and _is_docstring(body[0]) and isinstance(body[-1], ast.FunctionDef)
        if number and isinstance(statement, ast.FunctionDef) or is_documented:
            yield ""
        yield from (indent + comment for comment in getattr(statement, "above", ()))
        *lines, last = _statement(statement)
        beside = getattr(statement, "beside", "")
        for line in [*lines, f"{last}  {beside}" if beside else last]:
            yield indent + line if line else ""


def _statement(node):
    """The lines of one statement, from the margin."""
    match node:
        case ast.ClassDef():
            return [f"class {node.name}({', '.join(map(_expression, node.bases))}):", *_lines(node.body, _INDENT)]
        case ast.FunctionDef():
            returns = f" -> {_expression(node.returns)}" if node.returns else ""
            decorators = [f"@{_expression(one)}" for one in node.decorator_list]
            return [*decorators, f"def {node.name}({_parameters(node.args)}){returns}:", *_lines(node.body, _INDENT)]
        case ast.For():
            target = ast.unparse(node.target).strip("()")
            return [f"for {target} in {_expression(node.iter)}:", *_lines(node.body, _INDENT)]
        case ast.With():
            return [f"with {', '.join(map(_managed, node.items))}:", *_lines(node.body, _INDENT)]
        case ast.If(orelse=[]):
            return [f"if {_expression(node.test)}:", *_lines(node.body, _INDENT)]
        case ast.If():
            first = [f"if {_expression(node.test)}:", *_lines(node.body, _INDENT)]
            if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
                start, *rest = _lines(node.orelse, "")
                return [*first, f"el{start}", *rest]
            return [*first, "else:", *_lines(node.orelse, _INDENT)]
    return _expression(node).split("\n")


def _managed(item):
    return _expression(item.context_expr) + (f" as {_expression(item.optional_vars)}" if item.optional_vars else "")


def _expression(node):
    """An expression or a simple statement: its author's text, unless it was changed."""
    tree, source = getattr(node, "written", ("", ""))
    return source if tree == ast.dump(node) else re.sub(r"'([^'\"\\]*)'", r'"\1"', ast.unparse(node))


def _parameters(arguments):
    bare = len(arguments.args) - len(arguments.defaults)
    parts = []
    for number, one in enumerate(arguments.args):
        annotation = f": {_expression(one.annotation)}" if one.annotation else ""
        equals = " = " if annotation else "="
        default = f"{equals}{_expression(arguments.defaults[number - bare])}" if number >= bare else ""
        parts.append(one.arg + annotation + default)
    return ", ".join(parts)


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
