"""From the approved campaign to the carrier: each villager exactly once."""
