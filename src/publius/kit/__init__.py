"""The public toolbox of mission packs: results with their derivation, whole dollars, and the law's tables as data.

A mission imports this package and nothing else of Publius; the kit itself imports nothing of Publius.
"""

from publius.kit.derivation import Derivation, Line, Result
from publius.kit.errors import InvalidInput
from publius.kit.money import Step, assess, dollars, share
from publius.kit.tables import Figure, Tables, load

__all__ = [
    "Derivation",
    "Figure",
    "InvalidInput",
    "Line",
    "Result",
    "Step",
    "Tables",
    "assess",
    "dollars",
    "load",
    "share",
]
