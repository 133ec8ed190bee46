"""Dossiers that travel between installations (案卷, R20)."""
