"""A member of staff at an office PC, played over HTTP: opens pages, fills in the forms that stand there, presses buttons.

Used by the rehearsal in the terminal and by journeys; knows nothing of the house but its pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3

Value = str | Sequence[str]


class Surprise(Exception):
    """A page was not what a person at this point would expect."""


@dataclass
class Form:
    """A form as it stands on a page, with what is filled in already."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, values: Mapping[str, Value]) -> list[tuple[str, str]]:
        """Its fields with these values in the place of what stood there."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        for name, value in values.items():
            kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return kept


@dataclass(frozen=True)
class Page:
    """What came back: where we ended, its status and its text."""

    url: str
    status: int
    text: str

    def form(self, ending: str) -> Form:
        """The form whose action ends like this. Raises Surprise."""
        for form in _Forms.of(self.text):
            if urlsplit(form.action or self.url).path.endswith(ending):
                return form
        raise Surprise(f"{urlsplit(self.url).path} (status {self.status}) has no form that goes to …{ending}")


class Office:
    """One browser with its cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=5, read=60))
        self._cookies: dict[str, str] = {}

    def open(self, path: str) -> Page:
        """Open a page and follow where it leads."""
        return self._go("GET", urljoin(self.address, path))

    def submit(
        self, page: Page, ending: str, files: Mapping[str, tuple[str, bytes]] | None = None, **values: Value
    ) -> Page:
        """Fill in the form that goes to ``…ending`` and send it. Raises Surprise when the answer is an error page."""
        form = page.form(ending)
        fields = form.filled(values)
        target = urljoin(page.url, form.action or page.url)
        answer = self._go(form.method, target, fields, files)
        if answer.status >= 400:
            raise Surprise(f"{urlsplit(target).path} answered {answer.status}")
        return answer

    def sign_in(self, email: str, password: str, new_password: str) -> Page:
        """Log in with a one-time password and choose one's own."""
        page = self.submit(self.open("/login"), "/login", email=email, password=password)
        return self.submit(page, "/password", old=password, new=new_password, again=new_password)

    def _go(
        self,
        method: str,
        url: str,
        fields: list[tuple[str, str]] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Page:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        body: bytes | None = None
        if method == "POST" and files:
            parts: list[tuple[str, str | tuple[str, bytes]]] = [*(fields or []), *files.items()]
            body, headers["Content-Type"] = urllib3.encode_multipart_formdata(parts)
        elif method == "POST":
            body, headers["Content-Type"] = (
                urlencode(fields or []).encode(),
                "application/x-www-form-urlencoded",
            )
        elif fields:
            url = f"{url.split('?')[0]}?{urlencode(fields)}"
        answer = self._pool.request(method, url, body=body, headers=headers, redirect=False)
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.split(";")[0]
        if answer.status in (301, 302, 303):
            return self._go("GET", urljoin(url, answer.headers["Location"]))
        return Page(url, answer.status, answer.data.decode("utf-8", "replace"))


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False
        self._select: str | None = None
        self._area: str | None = None
        self._written = ""

    @classmethod
    def of(cls, text: str) -> list[Form]:
        parser = cls()
        parser.feed(text)
        return parser.forms

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").upper()))
            self._open = True
        elif not self._open or not self.forms:
            return
        elif tag == "input":
            self._input(said)
        elif tag == "select":
            self._select = said.get("name")
        elif tag == "option" and self._select and "selected" in said:
            self.forms[-1].fields.append((self._select, said.get("value", "")))
        elif tag == "textarea":
            self._area, self._written = said.get("name"), ""
        elif tag == "button" and said.get("name"):
            self.forms[-1].buttons.append((said["name"], said.get("value", "")))

    def _input(self, said: dict[str, str]) -> None:
        kind, name = said.get("type", "text"), said.get("name")
        if not name or kind in ("file", "submit"):
            return
        if kind not in ("checkbox", "radio") or "checked" in said:
            self.forms[-1].fields.append((name, said.get("value", "on" if kind == "checkbox" else "")))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            self.forms[-1].fields.append((self._area, self._written.removeprefix("\n")))
            self._area = None
