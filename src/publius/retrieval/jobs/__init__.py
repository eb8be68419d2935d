"""Reading in the background: files are accepted at once, with their bytes, and read one after the other."""

from publius.retrieval.jobs.job import Item, Job, State
from publius.retrieval.jobs.queue import Jobs
from publius.retrieval.jobs.worker import Worker

__all__ = ["Item", "Job", "Jobs", "State", "Worker"]
