"""Notices as documents: plain values in, text and PDF out. Nothing here knows a model or a request."""
