"""The Python of a pack, read as a syntax tree: what it imports and reaches for, and how its tools are written."""

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

import publius.kit
from publius.missions.checking.finding import Finding
from publius.missions.pack import CARD, Card

KIT = "publius.kit"
# What computes and reads, and starts, sends or loads nothing.
STANDARD = frozenset(
    {
        "__future__", "abc", "bisect", "calendar", "collections", "contextlib", "copy", "csv", "dataclasses",
        "datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "html", "io", "itertools", "json",
        "math", "numbers", "operator", "pathlib", "re", "statistics", "string", "textwrap", "time", "tomllib", "types",
        "typing", "unicodedata", "uuid", "zoneinfo",
    }
)  # fmt: skip
BESIDES = {"processes": frozenset({"concurrent", "multiprocessing", "os", "signal"})}  # by what the card says it uses
OF_OS = frozenset({"cpu_count", "process_cpu_count", "sched_getaffinity"})  # os is for counting cores, and no more
FORBIDDEN = frozenset(
    {
        "eval",
        "exec",
        "compile",
        "__import__",
        "globals",
        "breakpoint",
        "input",
        "__builtins__",
        "__loader__",
        "__spec__",
    }
)
INNARDS = frozenset(
    {
        "__class__", "__bases__", "__base__", "__mro__", "__subclasses__", "__globals__", "__builtins__", "__code__",
        "__closure__", "__dict__", "__loader__", "__spec__", "__import__", "__getattribute__", "__reduce__",
        "__reduce_ex__",
    }
)  # fmt: skip


def of_modules(folder: Path, package: str, card: Card | None) -> Iterator[Finding]:
    """Every module of the pack, its tools and its commands."""
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError) as error:
            yield Finding(name, getattr(error, "lineno", 0) or 0, f"it is not Python ({getattr(error, 'msg', error)})")
            continue
        yield from _of_imports(name, tree, package, card)
        yield from _of_reaching(name, tree)
        if name == "tools.py":
            yield from _of_tools(name, tree, card)
        if name == "commands.py":
            yield from _of_functions(name, tree, "command")
    if card and card.tools and not (folder / "tools.py").is_file():
        yield Finding("tools.py", 0, f"the file is missing, and {CARD} names tools")


def _of_imports(name: str, tree: ast.Module, package: str, card: Card | None) -> Iterator[Finding]:
    allowed = STANDARD.union(*(BESIDES[use] for use in (card.uses if card else ())))
    depth = name.count("/") + 1  # how many dots of a relative import stay within the pack
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _of_module(name, node, alias.name, package, allowed)
        elif isinstance(node, ast.ImportFrom) and node.level:
            if node.level > depth:
                yield Finding(name, node.lineno, "it imports from outside the pack")
        elif isinstance(node, ast.ImportFrom) and node.module == KIT:
            for alias in node.names:
                if alias.name not in publius.kit.__all__:
                    yield Finding(name, node.lineno, f"publius.kit gives no {alias.name}")
        elif isinstance(node, ast.ImportFrom):
            yield from _of_module(name, node, node.module or "", package, allowed)
            if node.module == "os":
                for alias in node.names:
                    yield from _of_os(name, node.lineno, alias.name)


def _of_module(name: str, node: ast.stmt, module: str, package: str, allowed: frozenset[str]) -> Iterator[Finding]:
    if module == package or module.startswith(f"{package}.") or module.partition(".")[0] in allowed:
        return
    if module == KIT or module.startswith("publius."):
        said = f"it imports {module}; of Publius a mission may use: from publius.kit import …"
    else:
        uses = next((use for use, modules in BESIDES.items() if module.partition(".")[0] in modules), "")
        cure = f'; {CARD} may say uses = ["{uses}"]' if uses else ""
        said = f"it imports {module}, which a mission may not{cure}"
    yield Finding(name, node.lineno, said)


def _of_reaching(name: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in FORBIDDEN:
            yield Finding(name, node.lineno, f"it uses {node.id}, which runs or reaches what cannot be read here")
        elif isinstance(node, ast.Attribute) and node.attr in INNARDS:
            yield Finding(name, node.lineno, f"it reaches into Python by {node.attr}")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in INNARDS:
            yield Finding(name, node.lineno, f"it reaches into Python by {node.value}")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            yield from _of_os(name, node.lineno, node.attr)


def _of_os(name: str, line: int, of: str) -> Iterator[Finding]:
    if of not in OF_OS:
        yield Finding(name, line, f"it uses os.{of}; of os a mission may use {', '.join(sorted(OF_OS))}")


def _of_tools(name: str, tree: ast.Module, card: Card | None) -> Iterator[Finding]:
    made = {function.name: function for function in _decorated(tree, "tool")}
    for wanted in card.tools if card else ():
        if wanted not in made:
            yield Finding(name, 0, f"there is no tool {wanted}, which {CARD} names")
    for tool, function in made.items():
        if card and tool not in card.tools:
            yield Finding(name, function.lineno, f"{CARD} does not name the tool {tool}")
    yield from _of_functions(name, tree, "tool")


def _of_functions(name: str, tree: ast.Module, decorator: str) -> Iterator[Finding]:
    """Typed and documented, every one that the decorator stands before."""
    for function in _decorated(tree, decorator):
        arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        for argument in arguments:
            if argument.annotation is None:
                yield Finding(name, argument.lineno, f"{function.name}: {argument.arg} has no type")
        if function.returns is None:
            yield Finding(name, function.lineno, f"{function.name} does not say what it returns")
        if not ast.get_docstring(function):
            yield Finding(name, function.lineno, f"{function.name} has no docstring: what it does, units, errors, law")


def _decorated(tree: ast.Module, decorator: str) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for each in node.decorator_list:
                called = each.func if isinstance(each, ast.Call) else each
                if isinstance(called, ast.Name) and called.id == decorator:
                    yield node
