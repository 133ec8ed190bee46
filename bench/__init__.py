"""Benchmarks: each row is a ratio inside one run, with both of its sides (`python -m bench`)."""
