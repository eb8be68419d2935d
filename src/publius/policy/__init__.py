"""What a principal may ask, see and spend."""

from publius.policy.policy import LIBRARY, LLAMA, Policy
from publius.policy.roles import ROLES, allowed

__all__ = ["LIBRARY", "LLAMA", "ROLES", "Policy", "allowed"]
