"""From a yes to a person in work: tasks for staff and their outcomes."""
