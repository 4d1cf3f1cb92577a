"""When something is not possible: a calm page that says what happened and what to do, never a trace."""

from __future__ import annotations

import secrets
import traceback
from dataclasses import dataclass

import structlog
from flask import Flask, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from service.refused import Refused
from service.web.addresses import is_htmx, page_of_form
from service.web.languages import N_, gettext
from service.web.sentences import sentence

FRAMES = 15  # the last places of a failure that the log keeps

log = structlog.get_logger()


@dataclass(frozen=True)
class Page:
    """What a person reads: what happened, and what to do now."""

    title: str
    advice: str


PAGES: dict[int, Page] = {
    400: Page(N_("Yêu cầu chưa đúng"), N_("Hãy quay lại trang trước và làm lại từ đó.")),
    401: Page(N_("Cần đăng nhập"), N_("Hãy đăng nhập rồi làm tiếp.")),
    403: Page(
        N_("Trang này không thuộc việc của bạn"),
        N_("Tài khoản của bạn không có quyền mở trang này. Nếu cần cho công việc, hãy hỏi người quản trị."),
    ),
    404: Page(
        N_("Không có trang này"),
        N_("Địa chỉ có thể đã cũ hoặc gõ nhầm. Hãy bắt đầu lại từ trang chủ."),
    ),
    405: Page(N_("Không mở được bằng cách này"), N_("Hãy dùng các nút trên trang, bắt đầu từ trang chủ.")),
    409: Page(N_("Việc này chưa làm được"), N_("Hãy quay lại, sửa rồi thử lại.")),
    413: Page(
        N_("Tệp quá lớn"),
        N_(
            "Tệp gửi lên nhiều nhất 10 MB. Hãy chia nhỏ danh sách, ví dụ mỗi xã một tệp; bản ghi âm thì ghi ngắn lại."
        ),
    ),
    429: Page(N_("Thử quá nhiều lần"), N_("Để bảo vệ tài khoản, xin chờ vài phút rồi thử lại.")),
    500: Page(
        N_("Có lỗi trong hệ thống"),
        N_("Lỗi đã được ghi lại. Hãy thử lại; nếu vẫn vậy, báo người quản trị mã lỗi dưới đây."),
    ),
    503: Page(
        N_("Hệ thống tạm nghỉ"),
        N_(
            "Cơ sở dữ liệu hoặc hàng đợi đang không trả lời. Những gì đã lưu vẫn còn. Hãy tải lại trang sau một phút."
        ),
    ),
}
EXPIRED_FORM = Page(
    N_("Trang để quá lâu hoặc đã đăng nhập lại"),
    N_("Vì an toàn, biểu mẫu này không còn dùng được và chưa có gì được lưu. Hãy mở lại trang rồi làm lại."),
)


def install(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(HTTPException, _http)
    for problem in (OperationalError, InterfaceError, NoConnection, RedisError):
        app.register_error_handler(problem, _part_away)
    app.register_error_handler(Exception, _unexpected)


def _refused(refused: Refused) -> ResponseReturnValue:
    """Back to the page of the form with the sentence; or, when it is not known, a page of its own."""
    words, page = sentence(refused), page_of_form()
    if is_htmx():
        flash(words, "bad")
        return Response(status=409, headers={"HX-Redirect": page or "/"})
    if page is None:
        return _page(409, Page(PAGES[409].title, words))
    flash(words, "bad")
    return redirect(page, 303)


def _expired_form(_problem: CSRFError) -> ResponseReturnValue:
    return _page(400, EXPIRED_FORM)


def _http(problem: HTTPException) -> ResponseReturnValue:
    code = problem.code or 500
    if code < 400:
        return problem
    return _page(code, PAGES.get(code, PAGES[400] if code < 500 else PAGES[500]))


def _part_away(problem: Exception) -> ResponseReturnValue:
    g.staff = None  # the frame must not ask the database again
    return _page(503, PAGES[503], _log("web.part_away", problem))


def _unexpected(problem: Exception) -> ResponseReturnValue:
    return _page(500, PAGES[500], _log("web.failed", problem))


def _log(event: str, problem: Exception) -> str:
    """Log a failure once: its kind and places, not its words, which may hold a number or a name. Returns its id."""
    error_id = secrets.token_hex(4)
    places = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(problem.__traceback__)
    ]
    log.error(
        event, id=error_id, kind=type(problem).__name__, endpoint=request.endpoint, places=places[-FRAMES:]
    )
    return error_id


def _page(code: int, page: Page, error_id: str = "") -> ResponseReturnValue:
    return render_template(
        "errors/error.html",
        code=code,
        heading=gettext(page.title),
        advice=gettext(page.advice),
        error_id=error_id,
    ), code
