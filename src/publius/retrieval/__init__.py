"""What an answer may rest on: reading files, passages, search, ranking."""
