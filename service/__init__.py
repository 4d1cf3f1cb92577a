"""Loa Bản: tells villagers about jobs by SMS and voice, and brings their answers to a person who calls back."""
