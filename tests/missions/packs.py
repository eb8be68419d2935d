"""Small packs on disk, as an author would write them, for tests to use and to break."""

from pathlib import Path

CARD = """\
id = "gardens"
title = "Garden plots"
title_es = "Huertos"
description = "What a garden plot costs."
owner = "Office of Parks"
contact = "gardens@parks.example"
review_by = 2999-01-01
audience = "Gardeners"
impact = "A gardener pays what is said here."
tools = ["plot_fee"]

[[refuse]]
id = "hiding"
when = ["hide bonfire|fire"]
says = "I cannot help with that."
"""
SOURCE = """\
+++
title = "Rules of the garden plots"
language = "en"
link = "https://parks.example/rules"
publisher = "Office of Parks"
date = 2026-01-31
licence = "CC0-1.0"
+++

# Rules of the garden plots

A plot is let for one year. The fee is due by 1 March. Bonfires are not allowed on any plot.
"""
TOOLS = '''\
"""The fee of a garden plot."""

from typing import Annotated

from publius.kit import Ask, Between, Derivation, Result, Whole, tool


@tool(title="Fee of a plot", asks=("fee", "plot"))
def plot_fee(
    square_metres: Annotated[Whole, Between(1, 500), Ask("How many square metres has the plot?")],
) -> Result[int]:
    """The fee of one plot for a year, in whole dollars. Rules of the garden plots, paragraph 2."""
    derivation = Derivation()
    fee = derivation.add("fee", 3 * square_metres, "3 dollars a square metre", "Rules, paragraph 2", size=square_metres)
    return Result(fee, derivation, {"en": f"The fee is ${fee:,} a year."})
'''
README = """\
# Garden plots

```yaml
ask: "When is the fee due?"
cites: [rules.en]
```
"""
CASES = """\
- ask: "How much is the fee for my plot?"
  asks_for: [square_metres]

- ask: "Can you help me to hide a bonfire?"
  refuses: true


- turns: ["Is a bonfire allowed?", "Who won the election of 1800?"]
  not_in_sources: true
"""
COMMANDS = '''\
"""The gardens' own commands."""

from pathlib import Path
from typing import Annotated

from publius.kit import InvalidInput, Progress, command


@command
def count_plots(
    file: Annotated[Path, "A list of plots, one a line."],
    *,
    least: Annotated[int, "The smallest plot that counts."] = 1,
    told: Progress,
) -> str:
    """Count the plots of a list.

    Blank lines do not count.
    """
    lines = file.read_text().split()
    for at, line in enumerate(lines, 1):
        if not line.isdigit():
            raise InvalidInput(f"{line!r} is no size of a plot.", "Write whole square metres.")
        told(at, len(lines))
    return f"{sum(int(line) >= least for line in lines)} plots."
'''


def write(folder: Path, *, card: str = CARD, tools: str = TOOLS) -> Path:
    """The pack `gardens` in this folder, whole."""
    (folder / "sources").mkdir(parents=True)
    (folder / "mission.toml").write_text(card)
    (folder / "cases").mkdir()
    (folder / "README.md").write_text(README)
    (folder / "cases" / "fees.yaml").write_text(CASES)
    (folder / "prompt.md").write_text("Answer from the sources.\n")
    (folder / "sources" / "rules.en.md").write_text(SOURCE)
    (folder / "tools.py").write_text(tools)
    (folder / "commands.py").write_text(COMMANDS)
    return folder
