"""Mission packs: each a folder of its own that imports only publius.kit."""
