"""Words that become each other when the accents are dropped, and that both make sense in a notice of work."""

from __future__ import annotations

from service.text.vietnamese import strip_accents

# one row: all words that look the same without accents; a word without accents can only be the result
_ROWS = (
    ("mỏ", "mở", "mơ"),  # mine, open, dream
    ("bán", "bạn", "bận", "bản"),  # sell, friend, busy, hamlet
    ("năm", "nam", "nấm"),  # year or five, men
    ("đi", "dì"),  # go, aunt
    ("chỗ ở", "cho o"),  # lodging, give the aunt
    ("thợ", "thơ", "thở", "thờ"),  # worker, poem, breathe
    ("hạn", "hàn", "hán"),  # deadline, weld or Korea
    ("may", "máy", "mấy", "mây"),  # sew, machine, how many
    ("than", "thân", "thận"),  # coal, body, kidney
    ("tháng", "thang", "thẳng", "thắng"),  # month, ladder, straight, win
    ("lương", "lượng"),  # pay, amount
    ("lò", "lo", "lọ"),  # pit, worry
    ("tiền", "tiên", "tiến"),  # money, fairy, advance
    ("đón", "đơn", "đòn"),  # pick up, form, blow
    ("đừng", "dừng", "dùng", "đúng", "đứng"),  # do not, stop, use, right, stand
    ("còn", "con", "cồn"),  # still, child
    ("nghỉ", "nghĩ", "nghi"),  # rest, think, suspect
    ("xã", "xa", "xả"),  # commune, far
    ("trả", "trà", "tra"),  # pay, tea, look up
    ("số", "sợ", "so", "sổ"),  # number, fear, book
    ("bố", "bỏ", "bò", "bộ"),  # father, leave, cow
    ("ngày", "ngay"),  # day, at once
    ("chờ", "cho", "chợ", "chở", "chỗ"),  # wait, give, market, carry, place
    ("nợ", "nở", "no", "nó"),  # debt, bloom, full, he
    ("bảo", "báo", "bao", "bão"),  # tell, newspaper, how much, storm
    ("đợi", "đổi", "đội", "đói", "đòi", "đồi"),  # wait, change, team, hungry, demand, hill
    ("lại", "lái", "lãi"),  # again, drive, interest
    ("chuyến", "chuyện", "chuyển", "chuyên"),  # trip, story, move, specialised
    ("mất", "mắt", "mặt", "mật"),  # lose, eye, face, honey
    ("cưới", "cười", "cuối"),  # marry, laugh, end
    ("hợp", "họp", "hộp"),  # fit, meeting, box
    ("lừa", "lửa", "lúa", "lứa"),  # cheat, fire, rice, brood
    ("vợ", "vở", "vỡ"),  # wife, notebook, broken
    ("chồng", "chống", "chông"),  # husband, against
    ("nhận", "nhắn", "nhân", "nhẫn"),  # receive, send a message, person, ring
    ("ký", "kỳ", "kỹ"),  # sign, period, careful
)


def _table() -> dict[str, tuple[str, ...]]:
    return {
        word: tuple(other for other in row if other != word)
        for row in _ROWS
        for word in row
        if strip_accents(word) != word
    }


TWINS = _table()
