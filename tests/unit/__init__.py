"""Tests that need neither app nor database."""
