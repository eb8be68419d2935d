"""Runs a pack's code: its tools and its commands, when somebody first needs them and not before."""

import importlib
import importlib.util
import sys
from types import ModuleType

from publius.kit import Command, Tool
from publius.missions.faults import BrokenMission
from publius.missions.pack import Pack


def tools_of(pack: Pack) -> tuple[Tool, ...]:
    """The tools that its card names, in that order.

    Raises:
        BrokenMission: tools.py cannot be imported, or one of them is not there.
    """
    if not pack.card.tools:
        return ()
    module = _module(pack, "tools")
    return tuple(_tool(module, name) for name in pack.card.tools)


def commands_of(pack: Pack) -> tuple[Command, ...]:
    """The pack's own commands, in the order of commands.py; none where there is no such file.

    Raises:
        BrokenMission: commands.py cannot be imported.
    """
    if not (pack.folder / "commands.py").exists():
        return ()
    return tuple(one for one in vars(_module(pack, "commands")).values() if isinstance(one, Command))


def _tool(module: ModuleType, name: str) -> Tool:
    found = getattr(module, name, None)
    if not isinstance(found, Tool):
        raise BrokenMission("tools.py", 0, f"there is no tool {name!r}, which mission.toml names")
    return found


def _module(pack: Pack, name: str) -> ModuleType:
    if pack.agency:
        _stand_in(pack)
    try:
        return importlib.import_module(f"{pack.package}.{name}")
    except (ImportError, SyntaxError, TypeError, ValueError, LookupError, AttributeError, NameError, OSError) as error:
        raise BrokenMission(f"{name}.py", _line(error, pack), f"it cannot be imported ({error})") from error


def _stand_in(pack: Pack) -> None:
    """Make a package of a folder that is not on Python's path, so that its modules can be imported as any others."""
    known = sys.modules.get(pack.package)
    if known is not None and list(known.__path__) != [str(pack.folder)]:
        for name in [name for name in sys.modules if name == pack.package or name.startswith(f"{pack.package}.")]:
            del sys.modules[name]  # of a pack that was called the same, in another place
    name = ""
    for part in pack.package.split("."):
        name = f"{name}.{part}".lstrip(".")
        if name not in sys.modules:
            sys.modules[name] = ModuleType(name)
            sys.modules[name].__path__ = []
    sys.modules[name].__path__ = [str(pack.folder)]


def _line(error: BaseException, pack: Pack) -> int:
    """The last line of the pack's own that was being run, or that Python could not read; 0 where there is none."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.startswith(str(pack.folder)):
            line = step.tb_lineno
        step = step.tb_next
    return line
