"""推演: a procedure played as a dated script through the real services, on a scratch database with its own clock."""
