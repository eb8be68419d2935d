"""Publius: one self-hosted platform through which many agencies use Llama."""

__version__ = "0.1.0"
