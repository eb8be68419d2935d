"""Run one benchmark or all of them, and end with the table of targets.

Each module of this folder with a function `measure() -> Report` is a benchmark.
"""

import importlib
import logging
import pkgutil
import sys

import structlog

import bench
from bench.report import show_targets

NOT_ONE = {
    "__main__", "building", "generating", "llamacpp", "peers", "processes", "report", "scaling", "serving", "vllm"
}  # fmt: skip


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if m.name not in NOT_ONE)


def main(wanted: list[str]) -> int:
    unknown = set(wanted) - set(names())
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    # A line for each request would cost what is measured, and bury it.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    reports = {}
    for name in wanted or names():
        print(f"Measuring {name} …", file=sys.stderr, flush=True)
        report = importlib.import_module(f"bench.{name}").measure()
        report.write()
        report.show()
        reports[name] = report
    if len(reports) > 1:
        print("\nTargets")
        show_targets(reports)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
