"""The public toolbox of mission packs: typed tools, results with their derivation, whole dollars, the law as data.

A mission imports this package and nothing else of Publius; the kit itself imports nothing of Publius.
"""

from publius.kit.commands import Command, Input, Progress, command
from publius.kit.derivation import Amounts, Derivation, Line, Result
from publius.kit.errors import InvalidInput, Unfinished
from publius.kit.kinds import (
    Ask,
    AwardYear,
    Between,
    Choice,
    Kind,
    Money,
    Parameter,
    State,
    Whole,
    YesNo,
)
from publius.kit.money import Step, assess, dollars, share
from publius.kit.rows import check_target, write_rows
from publius.kit.states import STATES
from publius.kit.tables import Figure, Tables, load
from publius.kit.tools import Tool, tool
from publius.kit.translation import translated

__all__ = [
    "STATES",
    "Amounts",
    "Ask",
    "AwardYear",
    "Between",
    "Choice",
    "Command",
    "Derivation",
    "Figure",
    "Input",
    "InvalidInput",
    "Kind",
    "Line",
    "Money",
    "Parameter",
    "Progress",
    "Result",
    "State",
    "Step",
    "Tables",
    "Tool",
    "Unfinished",
    "Whole",
    "YesNo",
    "assess",
    "check_target",
    "command",
    "dollars",
    "load",
    "share",
    "tool",
    "translated",
    "write_rows",
]
