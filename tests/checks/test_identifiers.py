"""What identifies a thing has one form, however it is written, and what is no identifier has none."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocgnet.checks.identifiers import account, company_number, identifiers_of, imei, phone_numbers, registration, uprn
from ocgnet.sources.arrays import strings

GAPS = st.sampled_from(["", " ", "-", "."])


@st.composite
def written(draw: st.DrawFn) -> str:
    """A number as people write them: with gaps, with its country or without, sometimes a sign too long or too short."""
    begin = draw(st.sampled_from(["0", "+44", "0044", "44", "", "+44 (0)", "+353", "00353", "+1", "(0"]))
    digits = draw(st.text("0123456789", min_size=7, max_size=12))
    if begin == "(0":
        return f"(0{digits[:3]}) {digits[3:]}"
    return begin + draw(GAPS).join([digits[:4], digits[4:7], digits[7:]])


@given(st.lists(written(), min_size=1, max_size=20))
def test_numbers_are_read_as_the_library_reads_them(texts: list[str]) -> None:
    for text, form in zip(texts, phone_numbers(strings(texts), short_codes=False).to_pylist(), strict=True):
        if form is None:
            continue
        number = phonenumbers.parse(text, "GB")
        assert form == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert phonenumbers.is_possible_number(number)


@given(st.lists(st.text("0123456789", min_size=10, max_size=10), min_size=1, max_size=20), GAPS)
def test_every_way_to_write_a_mobile_number_is_one(digits: list[str], gap: str) -> None:
    for local in (f"7{d[1:]}" for d in digits):
        ways = [f"0{local[:4]}{gap}{local[4:]}", f"+44{gap}{local}", f"0044 {local}", f"44{local}", f"{local}.0", local]
        assert set(phone_numbers(strings([*ways, f"+44 (0) {local}"])).to_pylist()) == {f"+44{local}"}


@pytest.mark.parametrize(
    "text", ["", "none", "TH07700900123", "07700 900", "12345678", "+", "0", "4.477E+11", "07700900123 or 124", "N 1"]
)
def test_what_is_no_number_has_no_form(text: str) -> None:
    assert phone_numbers(strings([text])).to_pylist() == [None]


def test_a_short_code_is_a_number_only_where_it_cannot_be_an_id() -> None:
    codes = strings(["101", "60777", "0800 1111"])
    assert phone_numbers(codes).to_pylist() == ["101", "60777", "+448001111"]
    assert phone_numbers(codes, short_codes=False).to_pylist() == [None, None, "+448001111"]


@given(st.text("0123456789", min_size=14, max_size=14), st.integers(0, 14), st.integers(1, 9))
def test_one_wrong_digit_makes_no_imei(begin: str, place: int, more: int) -> None:
    [right] = [f"{begin}{check}" for check in range(10) if imei(f"{begin}{check}")]
    wrong = right[:place] + str((int(right[place]) + more) % 10) + right[place + 1 :]
    assert imei(wrong) is None


@given(st.text("0123456789", min_size=14, max_size=14), st.sampled_from(["NWBK", "BUKB"]))
def test_an_iban_of_the_country_is_its_account(number: str, bank: str) -> None:
    def iban(check: int) -> str:
        return f"GB{check:02d}{bank}{number}"

    # 98 less the remainder, as ISO 13616 works the check digits out.
    digits = "".join(str(int(sign, 36)) for sign in f"{bank}{number}GB00")
    right = 98 - int(digits) % 97
    assert account(iban(right)) == account(f"{number[:6]} {number[6:]}") == number
    assert account(iban(right + 1 if right < 98 else 2)) is None


def test_identifiers_on_paper() -> None:
    marks = {
        "AB12 CDE": "AB12CDE", "a123 bcd": "A123BCD", "abc 123d": "ABC123D", "1 A": "1A", "OXI 1234": "OXI1234",
        "101 D 123": "101D123", "12 AB 34": "12AB34", "WAB 1234 X": None, "": None, "AB123 CDE": None,
    }  # fmt: skip
    assert {text: registration(text) for text in marks} == marks
    companies = {"445790": "00445790", "OC 301540": "OC301540", "ni 1": "NI000001", "0": None, "123456789": None}
    assert {text: company_number(text) for text in companies} == companies
    assert account("DE89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert account("DE88 3704 0044 0532 0130 00") is None
    assert [uprn(text) for text in ("000100023336", "000")] == ["100023336", None]
    assert identifiers_of("online_handle", strings(["@Al", " AL", "ａｌ"])).to_pylist() == ["al"] * 3
