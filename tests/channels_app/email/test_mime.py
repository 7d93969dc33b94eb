"""Reading mails: charsets, encoded words, bodies, files, and everything that has broken a reader before."""

import base64
import binascii
from datetime import timedelta
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings, strategies as st

from channels_app import html_text
from channels_app.adapters.email.mime import charsets, reading, words
from channels_app.adapters.email.mime.addresses import addresses_in, is_own, normal_address
from channels_app.adapters.email.mime.attachments import safe_name
from channels_app.adapters.email.mime.uuencode import without_uuencoded
from channels_app.shown_html import shown
from conversations.normalised import InlineFile, RemoteFile
from tests.channels_app.email.builders import AT, make_mail, make_multipart, message_of


def file_of(raw: bytes) -> InlineFile:
    """The mail's one file."""
    [file] = message_of(raw).files
    assert isinstance(file, InlineFile)
    return file


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("Olá, você".encode(), "", "Olá, você"),
        ("Olá, você".encode("cp1252"), "iso-8859-1", "Olá, você"),
        ("“quoted” – €".encode("cp1252"), "ISO-8859-1", "“quoted” – €"),
        ("日本語".encode("iso2022_jp"), "iso-2022-jp", "日本語"),
        ("日本語".encode("iso2022_jp"), "_iso-2022-jp$ESC", "日本語"),
        ("中文简体".encode("gbk"), "gb2312", "中文简体"),
        ("中文繁體".encode("big5"), "Big5", "中文繁體"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("Olá".encode(), "x-unknown", "Olá"),
        ("Olá".encode("latin-1"), "ansi_x3.110-1983", "Olá"),
        ("Olá".encode(), "utf-8mb4", "Olá"),
        (b"x\x00y", "us-ascii", "xy"),
        (b"\xef\xbb\xbfhi", "utf-8", "hi"),
        (b"a-b", "punycode", "a-b"),
        (b"abc", "zlib", "abc"),
        (b"abc", "utf-8\x00evil", "abc"),
    ],
)
def test_text_is_decoded_whatever_is_declared(content: bytes, charset: str, text: str) -> None:
    assert charsets.decoded(content, charset) == text


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    content=st.binary(max_size=200),
    charset=st.text(max_size=20) | st.sampled_from(["utf-16", "utf-7", "hz", "x-unknown", "idna"]),
)
def test_any_bytes_become_clean_text(content: bytes, charset: str) -> None:
    text = charsets.decoded(content, charset)
    assert text == charsets.decoded(content, charset)
    assert "\x00" not in text
    text.encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?Ol=C3=A1_Zo=C3=AB?=", "Olá Zoë"),
        ("=?utf-8?b?T2zDoQ==?= =?utf-8?b?IFpvw6s=?=", "Olá Zoë"),
        # One character cut between two words, as some programs do.
        ("=?utf-8?b?T2zD?=\r\n =?utf-8?b?oQ==?=", "Olá"),
        ("Re: =?iso-8859-1?q?caf=E9?= now", "Re: café now"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8*pt?q?sim?=", "sim"),
        ("=?nonsense?q?abc?=", "abc"),
        ("=?utf-8?b?!!!?=", "!!!"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("=?utf-8?q?one=0D=0ABcc:_x?=", "one  Bcc: x"),
    ],
)
def test_encoded_words_are_read(value: str, text: str) -> None:
    assert words.with_words(words.unfolded(value)) == text


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("Zoë <zoe@customer.example>", ["zoe@customer.example"]),
        ("ZOE@Customer.EXAMPLE", ["ZOE@customer.example"]),
        ("a@x.example, b@y.example", ["a@x.example", "b@y.example"]),
        ("undisclosed-recipients:;", []),
        ("friends: a@x.example, b@y.example;", ["a@x.example", "b@y.example"]),
        ('"last, first" <a@x.example>', ["a@x.example"]),
        ('"evil@bank.example" <a@x.example>', ["a@x.example"]),
        ("zoe+shop.1@customer.example", ["zoe+shop.1@customer.example"]),
        ("x@xn--caf-dma.example", ["x@café.example"]),
        ("<>", []),
        ("nobody", []),
        ("a b@x.example c", ["b@x.example"]),
    ],
)
def test_addresses_are_read(raw: str, found: list[str]) -> None:
    assert [one.value for one in addresses_in(raw)] == found


def test_names_are_shown_without_signs_that_deceive() -> None:
    [one] = addresses_in('"Bank\u202e\u200b  Zoe"  <a@x.example>')
    assert one.name == "Bank Zoe"


@pytest.mark.parametrize(
    ("address", "expected"), [("help+abc@shop.example", True), ("HELP@shop.example", True), ("x@shop.example", False)]
)
def test_own_addresses_are_known_with_their_plus(address: str, expected: bool) -> None:
    assert is_own(address, frozenset({"help@shop.example"})) is expected


def test_address_that_is_none_is_empty() -> None:
    assert [normal_address(text) for text in ("", "a@", "@b", "a@b\r\nBcc: x@y", "a@" + "b" * 400)] == [""] * 5


def test_alternatives_give_text_and_html() -> None:
    mail = message_of(
        make_multipart(
            "alternative", "Content-Type: text/plain\n\nplain words", "Content-Type: text/html\n\n<p>rich <b>words</b></p>"
        )
    )
    assert (mail.text, mail.html.strip(), mail.files) == ("plain words", "<p>rich <b>words</b></p>", ())


@pytest.mark.parametrize("plain", ["", "Content-Type: text/plain\n\n \n"])
def test_html_speaks_where_there_is_no_text(plain: str) -> None:
    parts = [plain] if plain else []
    mail = message_of(
        make_multipart("alternative", *parts, "Content-Type: text/html\n\n<style>p{}</style><p>one</p><p>two<br>three")
    )
    assert mail.text == "one\n\ntwo\nthree"


def test_texts_around_a_picture_stay_in_order() -> None:
    mail = message_of(
        make_multipart(
            "mixed",
            "Content-Type: text/plain\n\nbefore <1>",
            "Content-Type: image/png\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=",
            "Content-Type: text/html\n\n<p>after</p>",
        )
    )
    assert mail.text == "before <1>\n\nafter"
    assert "before &lt;1&gt;" in mail.html
    assert [(file.name, file.content_type) for file in mail.files] == [("attachment-1.png", "image/png")]


def test_flowed_text_is_joined() -> None:
    mail = message_of(
        make_mail("Content-Type: text/plain; format=flowed", body="one line \nof words\n> quoted \n> too\n-- \nZoë")
    )
    assert mail.text == "one line of words\n> quoted \n> too\n-- \nZoë"


def test_inline_image_keeps_the_id_that_the_html_uses() -> None:
    raw = make_multipart(
        "related",
        'Content-Type: text/html\n\n<img src="cid:pic@1"><img src="CID:Logo%40x&amp;y">',
        "Content-Type: image/png\nContent-ID: <pic@1>\n\nPNG",
        "Content-Type: image/png\nContent-ID: <other@1>\n\nPNG",
        "Content-Type: image/png\nContent-ID: <logo@x&y>\n\nPNG",
    )
    mail = message_of(raw)
    assert [file.content_id for file in mail.files if isinstance(file, InlineFile)] == ["pic@1", "", "Logo@x&y"]
    assert shown(mail.html).content_ids == ("pic@1", "Logo@x&y")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\a.exe"', "a.exe"),
        ("attachment; filename*=utf-8''rechnung%20%E2%82%AC.pdf", "rechnung €.pdf"),
        ("attachment; filename*0=long-; filename*1=name.pdf", "long-name.pdf"),
        ("attachment; filename*=koi8-r''%F0%D2%C9%D7%C5%D4.txt", "Привет.txt"),
        ('attachment; filename="=?utf-8?q?ol=C3=A1.pdf?="', "olá.pdf"),
        ('attachment; filename="olá.pdf"', "olá.pdf"),
        ('attachment; filename="a\u202egpj.exe"', "a_gpj.exe"),
        ('attachment; filename="a\x00b.pdf"', "ab.pdf"),
        ('attachment; filename="..."', "attachment-1.pdf"),
        ("attachment", "attachment-1.pdf"),
    ],
)
def test_hostile_names_are_made_harmless(header: str, name: str) -> None:
    found = file_of(make_multipart("mixed", f"Content-Type: application/pdf\nContent-Disposition: {header}\n\nPDF")).name
    assert found == name
    assert PurePosixPath(found).name == found


@settings(max_examples=300, deadline=None, derandomize=True)
@given(name=st.text(max_size=300), kind=st.text(max_size=30))
def test_any_name_is_safe(name: str, kind: str) -> None:
    found = safe_name(name, kind, 7)
    assert found
    assert len(found) <= 120
    assert not set(found) & set('/\\\x00\r\n:*?"<>|')
    assert found not in (".", "..")


def test_page_and_text_that_call_themselves_files_are_files() -> None:
    raw = make_multipart(
        "mixed",
        "Content-Type: text/plain\n\nsee the page",
        'Content-Type: text/html; name="page.html"\nContent-Disposition: attachment\n\n<script>alert(1)</script>',
        'Content-Type: text/plain; name="notes.txt"\n\nnotes',
    )
    mail = message_of(raw)
    assert (mail.text, mail.html) == ("see the page", "")
    assert [file.name for file in mail.files] == ["page.html", "notes.txt"]


def test_enclosed_mail_stays_as_it_came() -> None:
    inner = 'From: caf\udce9 <a@b.example>\nSubject: inner\nContent-Type: multipart/mixed; boundary="z"\n\n--z\n\nhi\n--z--\n'
    file = file_of(make_multipart("mixed", f"Content-Type: message/rfc822\n\n{inner}"))
    assert (file.name, file.content_type) == ("inner.eml", "message/rfc822")
    assert b"caf\xe9 <a@b.example>" in file.content
    assert b"--z" in file.content


def test_calendar_parts_are_named() -> None:
    raw = make_multipart(
        "alternative",
        "Content-Type: text/plain\n\nLunch?",
        "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR",
    )
    mail = message_of(raw)
    assert mail.data["calendar"] == "REQUEST"
    assert [(file.name, file.content_type) for file in mail.files] == [("attachment-1.ics", "text/calendar")]


def test_uuencoded_file_is_taken_out_of_the_text() -> None:
    lines = "".join(binascii.b2a_uu(b"hello world"[start : start + 45]).decode() for start in range(0, 11, 45))
    mail = message_of(make_mail(body=f"See this:\n\nbegin 644 ../hello.txt\n{lines}`\nend\nBye"))
    assert "begin 644" not in mail.text
    assert mail.text.startswith("See this:")
    assert mail.text.endswith("Bye")
    assert [(file.name, file.content) for file in mail.files if isinstance(file, InlineFile)] == [("hello.txt", b"hello world")]


@pytest.mark.parametrize(
    "text", ["begin 644 x\nnot uu\nend", "begin 644 x\n#86)C", "begin the\nend", "begin 644 x\n" * 200 + "\nend"]
)
def test_text_that_only_looks_uuencoded_stays(text: str) -> None:
    assert without_uuencoded(text) == (text, [])


def test_winmail_dat_is_opened() -> None:
    mail = message_of(
        make_multipart("mixed", f"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n{_tnef()}")
    )
    assert [(file.name, file.content) for file in mail.files if isinstance(file, InlineFile)] == [("note.txt", b"inside")]


def test_broken_winmail_dat_stays_a_file() -> None:
    file = file_of(make_multipart("mixed", 'Content-Type: application/ms-tnef; name="winmail.dat"\n\nno tnef at all'))
    assert (file.name, file.content) == ("winmail.dat", b"no tnef at all")


def _tnef() -> str:
    """A winmail.dat with one file, by the format's own rules: level, id, length, bytes, checksum."""

    def attribute(level: int, kind: int, content: bytes) -> bytes:
        numbers = kind.to_bytes(4, "little") + len(content).to_bytes(4, "little")
        return bytes([level]) + numbers + content + (sum(content) & 0xFFFF).to_bytes(2, "little")

    body = 0x223E9F78.to_bytes(4, "little") + (1).to_bytes(2, "little")
    body += attribute(2, 0x00069002, b"\x01\x00" + b"\x00" * 12) + attribute(2, 0x00018010, b"note.txt\x00")
    return base64.b64encode(body + attribute(2, 0x0006800F, b"inside")).decode()


def test_empty_parts_are_told_not_kept() -> None:
    mail = message_of(
        make_multipart("mixed", "Content-Type: text/plain\n\nhi", 'Content-Type: application/pdf; name="void.pdf"\n\n')
    )
    assert mail.files == (RemoteFile({"left": "empty_file"}, "void.pdf", "application/pdf"),)


def test_nuls_and_lone_surrogates_do_not_get_through() -> None:
    mail = message_of(make_mail("Content-Type: text/plain; charset=utf-7", Subject="a\x00b", body="x\x00y +2AE- z"))
    for text in (mail.text, mail.data["subject"]):
        assert "\x00" not in text
        text.encode()


def test_hundred_thousand_parts_are_read_up_to_the_limit() -> None:
    raw = make_multipart("mixed", *["\nx"] * 100_000)
    assert len(reading.leaves(reading.read(raw))) == reading.MAX_PARTS
    assert message_of(raw).text.count("x") == reading.MAX_PARTS


@pytest.mark.parametrize("depth", [30, 3000])
def test_deep_nesting_ends(depth: int) -> None:
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n' for level in range(depth))
    raw = make_mail("MIME-Version: 1.0").split(b"\r\n\r\n")[0] + b"\r\n" + opening.encode() + b"\r\nthe end"
    assert message_of(raw).original == raw


def test_parts_without_a_named_boundary_are_found() -> None:
    raw = make_mail("Content-Type: multipart/mixed; bo", body="--x1\nContent-Type: text/plain\n\none\n--x1\n\ntwo\n--x1--\n")
    assert message_of(raw).text == "one\n\ntwo"


@pytest.mark.parametrize(
    "date",
    ["", "yesterday", "Fri, 20 Nov 2036 11:00:00 +0000", "Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 20 Nov 2026 11:00:00 +9999"],
)
def test_date_that_cannot_be_is_when_it_came(date: str) -> None:
    assert message_of(make_mail(Date=date)).occurred_at == AT


def test_date_that_can_be_is_kept() -> None:
    assert message_of(make_mail()).occurred_at == AT - timedelta(hours=1)


def test_headers_cannot_be_injected() -> None:
    mail = message_of(make_mail(Subject="=?utf-8?q?Hi=0D=0AX-Own:_1?=", From='"a=0D=0Ab" <zoe@customer.example>'))
    assert mail.data["subject"] == "Hi  X-Own: 1"
    assert "\n" not in mail.sender.name


def test_mail_without_an_author_is_nobodys() -> None:
    first, other = message_of(make_mail(From="", body="a")), message_of(make_mail(From="", body="b"))
    assert first.sender.value.endswith("@missing.invalid")
    assert first.sender.value != other.sender.value
    assert message_of(make_mail(From=""), mail_from="bounce@x.example").sender.value == "bounce@x.example"


def test_base64_with_junk_is_read_as_far_as_it_goes() -> None:
    raw = make_mail("Content-Transfer-Encoding: base64", body="SGVs bG8*\n\n-- list footer")
    assert message_of(raw).text.startswith("Hello")


def test_endless_html_takes_bounded_time() -> None:
    assert html_text.text_from_html("<div>" * 100_000 + "x") == "x"
    assert html_text.text_from_html("<" * 100_000) is not None
