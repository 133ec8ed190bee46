"""Tests with app and database."""
