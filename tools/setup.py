"""Set Publius up in this folder: environment, locked packages, web assets, weights.

Standard library only, because it runs before anything is installed. Each step remembers a digest
of its inputs and is skipped while they are the same, so a second run costs a fraction of a second.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from terminal import Failure, Progress, explain, say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS = ROOT / ".setup"
NODE = TOOLS / "node"
ASSETS = ROOT / "tools" / "assets"
OLDEST = (3, 11)
ROOM_GB = 1.5
"""Free disk that a first set-up needs: packages, Node, weights and the files that they are unpacked from."""


class Step(NamedTuple):
    """One thing to set up. `done` is cheap; `act` runs only when it is false or the inputs changed.

    A step without inputs ("") goes by `done` alone.
    """

    name: str
    inputs: Callable[[], str]
    stamp: Path
    done: Callable[[], bool]
    act: Callable[[], None]


def digest(paths: Iterable[Path], *extra: str) -> str:
    """SHA-256 over the files' names and contents and the extra words."""
    total = hashlib.sha256(json.dumps(extra).encode())
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def steps(development: bool) -> list[Step]:
    """What has to be there, in order. Stamps lie beside what they vouch for, so both vanish together."""
    lock = ROOT / ("requirements-dev.lock" if development else "requirements.lock")
    plan = [
        Step("environment", str, VENV / ".environment", works, make_environment),
        Step(lock.stem, lambda: digest([lock]), VENV / f".{lock.stem}", lambda: True, lambda: install(lock)),
        Step("publius", lambda: digest([ROOT / "pyproject.toml"]), VENV / ".publius", launcher, install_publius),
    ]
    if ASSETS.is_dir():
        node = ROOT / "tools" / "node.lock"
        plan.append(Step("node", lambda: digest([node]), NODE / ".stamp", lambda: True, lambda: install(node, NODE)))
        plan.append(Step("web assets", lambda: digest(asset_sources()), TOOLS / "assets", assets_built, build_assets))
    if weights_known():
        plan.append(Step("weights", weights_wanted, TOOLS / "weights", weights_there, fetch_weights))
    return plan


def works() -> bool:
    """Whether the environment was made here by this Python and starts: after an upgrade its link may lead nowhere."""
    about = VENV / "pyvenv.cfg"
    told = about.read_text().splitlines() if about.exists() else []
    version = f"version = {sys.version_info.major}.{sys.version_info.minor}."
    if not (any(line.startswith(version) for line in told) and any(line.endswith(f" {VENV}") for line in told)):
        return False
    return PYTHON.exists() and subprocess.run([PYTHON, "-I", "-S", "-c", ""], capture_output=True).returncode == 0


def make_environment() -> None:
    """Create `.venv` anew. Without ensurepip (Debian's bare Python) the pip that started us fills it."""
    if not importlib.util.find_spec("venv"):
        raise Failure("This Python has no venv module.", "On Debian: apt install python3-venv, then again.")
    bare = not importlib.util.find_spec("ensurepip")
    if bare and not importlib.util.find_spec("pip"):
        raise Failure("This Python has neither ensurepip nor pip.", "On Debian: apt install python3-venv, then again.")
    if VENV.exists():
        say("The environment in .venv is broken or of another Python; it is built anew.")
    command = [sys.executable, "-m", "venv", "--clear", *(["--without-pip"] if bare else []), str(VENV)]
    run_logged(command, Progress("environment"))


def pip() -> list[str]:
    """The pip to install with: the environment's own, or the one of the Python that runs this."""
    own = [str(PYTHON), "-m", "pip"]
    if any(VENV.glob("lib/python*/site-packages/pip")):
        return own
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def install(lock: Path, target: Path | None = None) -> None:
    """Install exactly what the lock names: wheels only, each by its hash, nothing resolved."""
    names = [line.split("==")[0] for line in lock.read_text().splitlines() if "==" in line and line[0].isalnum()]
    if target:
        shutil.rmtree(target, ignore_errors=True)
    where = ["--target", str(target)] if target else []
    options = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-input", "--disable-pip-version-check"]
    run_logged([*pip(), "install", *options, *where, "-r", str(lock)], Progress(lock.stem, total=len(names)))


def install_publius() -> None:
    """Link this checkout into the environment; setuptools comes from the lock, so no network is needed."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    run_logged([*pip(), "install", *options, "-e", str(ROOT)], Progress("publius"))


def launcher() -> bool:
    return (VENV / "bin" / "publius").exists()


def asset_sources() -> list[Path]:
    return [path for path in ASSETS.rglob("*") if path.is_file() and "node_modules" not in path.parts]


def assets_built() -> bool:
    kept = ("web/static/vendor/css", "retrieval/reading/tessdata/spa.traineddata")
    return all((ROOT / "src/publius" / each).exists() for each in kept)


def build_assets() -> None:
    """Let the asset builder do its work with the Node that was installed beside it."""
    run_logged([str(PYTHON), str(ASSETS / "build.py")], Progress("web assets"))


def weights_known() -> bool:
    return (ROOT / "src/publius/cli.py").exists() or (ROOT / "src/publius/cli").is_dir()


def home() -> Path:
    return Path(os.environ.get("PUBLIUS_HOME") or "~/.local/share/publius").expanduser().absolute()


def weights_wanted() -> str:
    """Digest of the catalogs and of the choices that decide which weights are wanted, and where."""
    choice = [os.environ.get(name, "") for name in ("PUBLIUS_CATALOG", "PUBLIUS_MODEL", "PUBLIUS_ENGINE")]
    return digest((ROOT / "src/publius/inference").glob("*.toml"), str(home()), *choice)


def weights_there() -> bool:
    return any(home().glob("models/*"))


def fetch_weights() -> None:
    """Fetch what the catalog names; the command draws its own progress and explains its own failures."""
    if subprocess.run([VENV / "bin" / "publius", "models", "fetch"]).returncode:
        raise Failure("The weights could not be fetched.", "Read the reason above, mend it, and run it again.")


def run_logged(command: list[str], progress: Progress) -> None:
    """Run a command under a progress line; its words go to .setup/setup.log, and a failure is explained."""
    TOOLS.mkdir(exist_ok=True)
    words: list[str] = []
    with progress, (TOOLS / "setup.log").open("a") as log:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT)
        assert child.stdout is not None
        for line in child.stdout:
            log.write(line)
            words.append(line)
            progress.hear(line)
        if child.wait():
            raise explain("".join(words))


def check_room() -> None:
    """Stop early when the disk cannot hold a first set-up, rather than half-way through it."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if not VENV.exists() and free < ROOM_GB:
        raise Failure(f"The disk has {free:.1f} GB free; a first set-up needs {ROOM_GB} GB.", "Free some, then again.")


def set_up(development: bool) -> None:
    """Run each step whose inputs changed or whose result is gone."""
    for step in steps(development):
        wanted = step.inputs()
        unchanged = not wanted or (step.stamp.exists() and step.stamp.read_text() == wanted)
        if unchanged and step.done():
            continue
        check_room()
        step.act()
        step.stamp.parent.mkdir(parents=True, exist_ok=True)
        step.stamp.write_text(wanted)


def main() -> int:
    """Set up; return 0, or 1 after one sentence that says what failed and what to do."""
    parser = argparse.ArgumentParser(description="Set Publius up in this folder.")
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    options = parser.parse_args()
    try:
        if sys.version_info < OLDEST:
            found = ".".join(map(str, sys.version_info[:3]))
            raise Failure(f"Publius needs Python 3.11 or newer, and this is {found}.", "Try: make PYTHON=python3.12 …")
        set_up(options.dev)
    except Failure as failure:
        say(str(failure))
        return 1
    except OSError as error:
        say(str(explain(str(error))))
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Run it again to go on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
