"""Use cases: the only code that opens a writing transaction and takes steps. Actor and time are handed in."""
