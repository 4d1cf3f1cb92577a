"""People's rights over what is kept about them: to see it, correct it, withdraw, have it deleted."""
