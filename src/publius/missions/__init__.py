"""Missions: packs of tools, sources and rules for one task, found, switched on and asked like any model."""

from publius.missions.desk import Desk
from publius.missions.discovery import discover
from publius.missions.missions import Missions
from publius.missions.pack import Pack
from publius.missions.shelf import Shelf

__all__ = ["Desk", "Missions", "Pack", "Shelf", "discover"]
