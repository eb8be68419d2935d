"""A model server that answers at once, what stands before it, and the load: for the benchmark of the gateway."""
