"""Faults: rules that make some requests go wrong, each in the vendor's own dialect or on the wire itself."""
