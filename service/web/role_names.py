"""What the roles are called on screen, and what each is for."""

from __future__ import annotations

from service.web.languages import N_, gettext

ROLE_NAMES: dict[str, tuple[str, str]] = {
    "admin": (N_("Quản trị"), N_("Cài đặt, tài khoản, hệ thống. Không xem danh sách người dân.")),
    "manager": (N_("Cán bộ phụ trách"), N_("Nhập danh sách, soạn và gửi chiến dịch, đọc trả lời.")),
    "approver": (N_("Lãnh đạo duyệt"), N_("Xem sẽ gửi gì, cho ai, giá bao nhiêu; duyệt hoặc không.")),
    "officer": (N_("Công chức xã"), N_("Chỉ làm việc với người dân của xã mình.")),
    "caller": (N_("Người gọi lại"), N_("Gọi cho người đã bày tỏ nguyện vọng, ghi kết quả.")),
    "viewer": (N_("Lãnh đạo xem"), N_("Chỉ xem số liệu tổng hợp.")),
    "auditor": (N_("Cán bộ kiểm tra"), N_("Xem nhật ký và chiến dịch, không sửa gì.")),
}


def role_name(role: str) -> str:
    return gettext(ROLE_NAMES[role][0])


def role_duty(role: str) -> str:
    return gettext(ROLE_NAMES[role][1])
