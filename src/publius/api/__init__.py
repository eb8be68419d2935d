"""The OpenAI-compatible doors, and the API for documents and receipts."""
