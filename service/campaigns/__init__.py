"""From an employer and a job to a text and an audience that are right to send."""
