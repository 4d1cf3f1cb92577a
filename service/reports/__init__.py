"""What can be said about it all afterwards."""
