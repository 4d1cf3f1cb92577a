"""The one table of roles and permissions."""

from __future__ import annotations

import pytest

from service.staff import roles
from service.web.role_names import ROLE_NAMES


def test_the_table_knows_only_roles_that_exist() -> None:
    assert set.union(*roles.PERMISSIONS.values()) == set(roles.ROLES)


def test_every_role_may_see_its_home() -> None:
    assert roles.PERMISSIONS["home.see"] == set(roles.ROLES)


def test_every_role_has_a_name_and_a_duty_on_screen() -> None:
    assert set(ROLE_NAMES) == set(roles.ROLES)
    assert all(name and duty for name, duty in ROLE_NAMES.values())


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        ("admin", "people.see", False),  # who runs the machine does not read the registry
        ("admin", "staff.manage", True),
        ("manager", "campaign.approve", False),  # nobody approves his own campaign
        ("approver", "campaign.edit", False),
        ("officer", "campaign.launch", False),
        ("viewer", "people.see", False),  # totals only
        ("auditor", "campaign.edit", False),
        ("nobody", "home.see", False),
    ],
)
def test_what_the_roles_are_for(role: str, permission: str, allowed: bool) -> None:
    assert roles.may(role, permission) is allowed


def test_an_unknown_permission_is_a_bug_and_not_a_no() -> None:
    with pytest.raises(KeyError):
        roles.may("admin", "people.sell")


def test_a_role_sees_what_it_may_change() -> None:
    for permission, allowed in roles.PERMISSIONS.items():
        room = permission.partition(".")[0]
        see = roles.PERMISSIONS.get(f"{room}.see")
        if see is not None:
            assert allowed <= see or permission == "people.reveal", (
                permission
            )  # callers see a number in their queue
