"""Llama: engines, prompts, the model catalog and embeddings. This room alone owns models.

Its parts are imported by name (`publius.inference.writer`), so that the engine process loads only its own.
"""
