"""Tables asked by query: SQL over the rows of documents, in a process that can do nothing else."""
