"""The files of this checkout, as the gates see them: what is tracked or would be, and nothing built."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = {"node_modules", "vendor", "__pycache__", "results", ".git"}  # `.git` is a file in a second worktree.
PLACES = ("src", "tests", "tools", "bench", "docs", ".ci")


@cache
def files(*places: str) -> tuple[Path, ...]:
    """Every file below the given folders (all of the project's when none is given), built ones left out."""
    found = [path for place in places or PLACES for path in (ROOT / place).rglob("*") if path.is_file()]
    if not places:
        found += [path for path in ROOT.iterdir() if path.is_file()]
    return tuple(sorted(path for path in found if not BUILT.intersection(path.parts) and ".egg-info" not in str(path)))


def modules(*places: str) -> list[Path]:
    """The Python files below the given folders."""
    return [path for path in files(*places) if path.suffix == ".py"]


def name(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a module, nested ones too."""
    return (node for node in ast.walk(parsed(path)) if isinstance(node, Function))
