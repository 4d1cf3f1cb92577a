"""Pure functions on text: numbers, SMS, Vietnamese, words. They know nothing of the rest."""
