"""Where documents come from again and again: looked through by hand or by the clock, each kind a module of its own."""

from publius.retrieval.sources.ckan import Ckan
from publius.retrieval.sources.claiming import PRESENCE
from publius.retrieval.sources.folder import Folder
from publius.retrieval.sources.kind import Found, Kind
from publius.retrieval.sources.s3 import S3
from publius.retrieval.sources.source import Refused, Run, Source
from publius.retrieval.sources.sources import Sources
from publius.retrieval.sources.web import Web

__all__ = ["PRESENCE", "S3", "Ckan", "Folder", "Found", "Kind", "Refused", "Run", "Source", "Sources", "Web"]
