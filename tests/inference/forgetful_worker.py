"""The engine process of these tests: the real one, with memory for the grammars of one small schema."""

from publius.inference import compiling, worker

compiling.MOST_BYTES = 2

if __name__ == "__main__":
    worker.main()
