"""The Department's fixed-width records (ISIR): read, turned into the law's inputs, recomputed and compared."""
