"""Everything that comes back: what it says, and whose it is."""
