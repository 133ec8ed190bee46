"""What runs without a user: the sweep of due terms and the drain of the outbox."""
