"""A proxy that checks: what an app and a vendor say to one another, held against the vendor's contract."""
