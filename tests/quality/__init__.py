"""The habits of CONTRIBUTING.md, kept by machine."""
