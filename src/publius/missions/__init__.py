"""Missions: packs of tools, sources and rules for one task, found, switched on and asked like any model."""
