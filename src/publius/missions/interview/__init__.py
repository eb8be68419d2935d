"""A guided interview: a pack says as data what is asked in which order, and the answers decide which pages come."""

from publius.missions.interview.journey import Journey
from publius.missions.interview.script import Along, Curve, Fact, Page, Part, Script, interview_of, read_script, unfit

__all__ = ["Along", "Curve", "Fact", "Journey", "Page", "Part", "Script", "interview_of", "read_script", "unfit"]
