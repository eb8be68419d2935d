"""What a benchmark reports: a table to read and the same as JSON in bench/results/."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

RESULTS = Path(__file__).parent / "results"


class Target(Struct):
    """A figure to reach. `most`: reached must be at most wanted; otherwise at least."""

    reached: float
    wanted: float
    unit: str
    most: bool = True

    @property
    def met(self) -> bool:
        return self.reached <= self.wanted if self.most else self.reached >= self.wanted


class Report(Struct):
    """One benchmark: ours and the peers' figures from the same run, their ratios, and the targets."""

    name: str
    ours: dict[str, Any]
    peers: dict[str, Any] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)

    def write(self) -> None:
        """Keep it as bench/results/NAME.json."""
        RESULTS.mkdir(exist_ok=True)
        body = {
            "machine": machine(),
            "ours": self.ours,
            "peers": self.peers,
            "ratios": self.ratios,
            "targets": {
                name: {"reached": t.reached, "wanted": t.wanted, "met": t.met, "unit": t.unit}
                for name, t in self.targets.items()
            },
        }
        (RESULTS / f"{self.name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(body), indent=2) + b"\n")

    def show(self) -> None:
        """Print it for a person."""
        print(f"\n{self.name}  ({machine()})")
        for who, figures in (("ours", self.ours), *self.peers.items()):
            print(f"  {who}: {_line(figures)}")
        for name, ratio in self.ratios.items():
            print(f"  {name}: {ratio:.2f} times")
        show_targets({self.name: self})


def show_targets(reports: Mapping[str, Report]) -> None:
    """The table of targets, one line each."""
    for name, report in reports.items():
        for what, t in report.targets.items():
            mark = "met   " if t.met else "MISSED"
            sign = "at most" if t.most else "at least"
            print(f"  {mark} {name}: {what}: {t.reached:.3g} {t.unit} (wanted {sign} {t.wanted:g})")


def machine() -> str:
    """Processor, cores and memory of this machine."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB"


def _line(figures: object) -> str:
    if not isinstance(figures, dict):
        return str(figures)
    return ", ".join(
        f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}" for key, value in figures.items()
    )
