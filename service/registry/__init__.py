"""Villagers, their phones, places and consent."""
