"""The room that decides whether each sentence is supported, each figure real, each citation exact."""

from publius.verification.verifier import Checking, Verifier

__all__ = ["Checking", "Verifier"]
