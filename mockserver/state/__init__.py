"""State as values: records in collections, altered only by changes inside a transaction.

Knows no HTTP and no vendor. ARCHITECTURE.md says why everything hangs on `Change`.
"""
