"""What the benchmarks of the engine share: both sides, the model of Llama-3.2-1B's shape, the machine's limits."""
