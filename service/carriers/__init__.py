"""Networks that carry messages. What a carrier calls things stays in its own file."""
