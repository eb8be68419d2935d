"""The room `ledger`: what happened, provably.

`ledger.Ledger` writes one leaf a walk; `verify` proves a whole log, offline too, and imports no database.
"""
