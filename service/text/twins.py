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
    ("tuyển", "tuyến"),  # recruit, route
    ("mời", "mới", "mỗi", "mọi", "mồi"),  # invite, new, each, all, bait
    ("muốn", "mượn", "muộn"),  # want, borrow, late
    ("giấy", "giày", "giây"),  # paper, shoe, second
    ("lớn", "lợn", "lộn"),  # big, pig, wrong way round
    ("bảy", "bay", "bẫy"),  # seven, fly, trap
    ("cả", "ca", "cá", "cà"),  # all, shift, fish
    ("phí", "phi"),  # fee, fly
    ("miễn", "miền"),  # free of, region
    ("tuổi", "tươi", "tưới"),  # age, fresh, water
    ("hàng", "hang", "hãng", "hạng"),  # goods, cave, firm, class
    ("mùa", "mua", "mưa", "múa"),  # season, buy, rain, dance
    ("thư", "thu", "thử", "thứ"),  # letter, autumn or collect, try, ordinal
    ("vậy", "vay", "váy"),  # so, borrow money, skirt
    ("đặt", "đất", "đạt", "dắt"),  # place, earth, reach, lead
    ("đá", "da", "đã"),  # stone, skin, already
    ("phòng", "phong"),  # room or office, wind
    ("sáng", "sang"),  # morning, go across
    ("tối", "tôi", "tới", "tội"),  # evening, I, arrive, guilt
    ("đường", "dương", "dưỡng"),  # road or sugar, sun, rest
    ("khó", "kho", "khô", "khổ"),  # hard, store, dry, misery
    ("làm", "lắm", "lâm", "lạm"),  # work, very, forest, abuse
    ("giờ", "gió", "giỗ", "giỏ"),  # hour, wind, death day, basket
    ("về", "vé", "ve", "vẽ"),  # come home, ticket, cicada, draw
    ("cấp", "cặp", "cáp"),  # grant, pair, cable
    ("nghỉ lễ", "nghi lễ"),  # holiday, rite
)


def _table() -> dict[str, tuple[str, ...]]:
    return {
        word: tuple(other for other in row if other != word)
        for row in _ROWS
        for word in row
        if strip_accents(word) != word
    }


TWINS = _table()
