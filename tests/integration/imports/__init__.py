"""Importing from workbooks and CSV."""
