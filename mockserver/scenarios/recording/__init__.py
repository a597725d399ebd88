"""Scenarios made of what a tester did by hand: from a server's journal to an Arazzo file that a fresh fake passes."""
