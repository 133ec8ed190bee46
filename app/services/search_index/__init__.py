"""The search index: what a case is found by, how the index keeps up with the cases, and how it is asked."""
