"""The habits that a machine can see: documented, plainly named, one door for errors and settings."""

import ast
import re
from pathlib import Path

from tests.quality.tree import ROOT, files, functions, modules, name, parsed

DOOR = {  # The only places where any exception may be caught: the ends of streams, which record it and answer.
    "src/publius/api/errors.py",
    "src/publius/api/mcp_server.py",
    "src/publius/web/streaming.py",
}
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)", re.IGNORECASE)
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u26ff\u2705\u274c\u2728\ufe0f]")  # A plain tick or cross is text.
HERE = "tests/quality/test_habits.py"
MACHINE = re.compile(
    r"(?<![\w.-])/(work|tmp|root|opt|home)/\w"
    r"|(?<![\w.-])(pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com)",
)
TEXT = {".py", ".md", ".toml", ".lock", ".sql", ".html", ".css", ".js", ".json", ".txt", ".sh", ".yaml", ".csv", ""}


def test_every_module_says_what_it_is_for():
    silent = [name(path) for path in modules() if path.stat().st_size and not ast.get_docstring(parsed(path))]
    assert not silent


def test_what_is_public_is_documented():
    silent = [f"{name(path)}:{node.name}" for path in modules("src") for node in public(parsed(path))]
    assert not silent


def public(tree: ast.Module):
    """Public classes and functions without a docstring; a method of one statement speaks for itself."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            if not ast.get_docstring(node) and (isinstance(node, ast.ClassDef) or len(node.body) > 1):
                yield node
            methods = node.body if isinstance(node, ast.ClassDef) else []
            for method in methods:
                wordy = isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and len(method.body) > 2
                if wordy and method.name[0] != "_" and not ast.get_docstring(method):
                    yield method


def test_only_settings_reads_the_environment():
    readers = [name(path) for path in modules("src") if reads_environment(parsed(path))]
    assert readers == ["src/publius/settings.py"]


def reads_environment(tree: ast.Module) -> bool:
    names = {"environ", "environb", "getenv"}
    return any(
        (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and names & {each.name for each in node.names})
        for node in ast.walk(tree)
    )


def test_the_core_names_no_mission():
    missions = [path.name for path in (ROOT / "src/publius_missions").iterdir() if (path / "mission.toml").exists()]
    assert missions
    # The demonstration is no part of it: it turns a mission on, to be tried.
    core = [path for path in files("src/publius") if path.suffix in TEXT and "demonstration" not in path.parts]
    naming = [(name(path), mission) for path in core for mission in missions if mission in path.read_text("utf-8")]
    assert len(core) > 200 and not naming


def test_any_exception_is_caught_only_at_the_door():
    catchers = {name(path) for path in modules("src") for node in ast.walk(parsed(path)) if catches_all(node)}
    assert catchers == DOOR


def catches_all(node: ast.AST) -> bool:
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in kinds)


def test_names_say_something():
    vague = [name(path) for path in modules() if VAGUE.search(path.stem)]
    vague += [f"{name(path)}:{each}" for path in modules("src") for each in defined(path) if VAGUE.search(each)]
    assert not vague


def defined(path: Path) -> list[str]:
    """What a module defines; the words of a class's name taken apart."""
    classes = [node.name for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)]
    return [each.name for each in functions(path)] + [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", each) for each in classes]


def test_text_is_plain():
    """No emoji, no path of somebody's machine, no registry's address: the checkout is the same everywhere."""
    faults = []
    for path in files():
        if path.suffix not in TEXT or name(path) == HERE:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if EMOJI.search(line) or MACHINE.search(line):
                faults.append(f"{name(path)}:{number}: {line.strip()[:80]}")
    assert not faults, "\n".join(faults)
