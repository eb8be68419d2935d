"""Who is asking, for which agency: keys, people, sessions, and the one resolver of all of them."""

from publius.identity.ceilings import ceiling_of
from publius.identity.credentials import Kind, read
from publius.identity.keys import Key
from publius.identity.resolver import Identity
from publius.identity.users import User

__all__ = ["Identity", "Key", "Kind", "User", "ceiling_of", "read"]
