"""Where documents come from again and again: a folder that is looked through, by hand or by the clock."""

from publius.retrieval.sources.sources import Run, Source, Sources

__all__ = ["Run", "Source", "Sources"]
