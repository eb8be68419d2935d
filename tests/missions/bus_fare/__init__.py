"""A tiny mission for tests."""
