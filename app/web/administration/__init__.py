"""Pages of the administration: each belongs to one post, and none of them shows a case."""
