"""Reading and writing examples: bytes, the edits of bytes, and the views decoded from them."""
