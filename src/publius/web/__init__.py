"""The pages: what people see. A client of the same walk that every other door uses."""

from publius.web.site import create_app

__all__ = ["create_app"]
