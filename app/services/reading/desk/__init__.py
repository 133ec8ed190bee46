"""工作台: the boxes of a reader, sifted, in order and by pages; nothing in them is lost (R143)."""
