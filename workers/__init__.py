"""RQ workers, the clock and the keeper of all processes."""
