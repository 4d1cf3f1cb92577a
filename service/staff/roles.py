"""Who may do what: one table that drives routes, menus and tests. What is not here is forbidden."""

from __future__ import annotations

PERMISSIONS: dict[str, set[str]] = {
    # permission: roles that have it
    "home.see": {"admin", "manager", "approver", "officer", "caller", "viewer", "auditor"},
    "people.see": {"manager", "officer"},
    "people.edit": {"manager", "officer"},
    "people.import": {"manager"},
    "people.export": {"manager"},
    "people.merge": {"manager"},
    "people.rights": {"manager"},  # what is kept about a person: shown whole, corrected, deleted
    "areas.edit": {"manager"},
    "meeting.run": {"manager", "officer"},
    "people.reveal": {"manager", "officer", "caller"},
    "campaign.see": {"manager", "approver", "auditor"},
    "campaign.edit": {"manager"},
    "campaign.approve": {"approver"},
    "campaign.launch": {"manager"},
    "campaign.control": {"manager", "approver"},  # pause, resume, stop
    "recording.see": {"manager", "approver", "officer", "caller", "auditor"},
    "recording.add": {"manager", "officer", "caller"},  # whoever speaks the language
    "recording.confirm": {"manager", "approver", "officer", "caller"},  # never one's own
    "recording.withdraw": {"manager", "approver"},
    "employer.see": {"manager", "approver", "auditor"},
    "employer.edit": {"manager"},
    "prices.see": {"admin", "manager", "approver", "auditor"},
    "prices.edit": {"admin", "manager"},
    "calendar.see": {"manager", "approver"},
    "calendar.edit": {"manager"},
    "reply.see": {"manager"},
    "reply.classify": {"manager"},
    "followup.see": {"manager", "caller", "officer"},
    "followup.work": {"manager", "caller", "officer"},
    "staff.manage": {"admin"},
    "history.see": {"admin", "auditor"},
    "system.see": {"admin", "manager", "auditor"},
    "system.gate": {"admin"},
    "message.decide": {"manager"},  # what became of a message on hold
}

ROLES = ("admin", "manager", "approver", "officer", "caller", "viewer", "auditor")


def may(role: str, permission: str) -> bool:
    """True when this role has this permission. Raises KeyError for a permission nobody defined."""
    return role in PERMISSIONS[permission]
