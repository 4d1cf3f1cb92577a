"""Who works here, what each may do, and what was done."""
