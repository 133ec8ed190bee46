"""What pages and the API read: plain values, already limited to what the reader may see. Nothing here writes."""
