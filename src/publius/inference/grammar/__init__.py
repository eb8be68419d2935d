"""What an answer is held to: JSON Schema and calls of tools as grammars, bounded in size and in what they cost."""
