"""The room in which files are opened and written: what is no ordinary file, what is too large, what is a link."""

import errno
import os

import pytest

from sim.scenario.files import MEGABYTE, Unreadable, bytes_of, new_file, opened_file, text_of, write_text
from sim.scenario.problems import CorridorError

OURS, PRECIOUS = "ours", "precious"


@pytest.fixture
def outside(tmp_path):
    """A file of somebody else's."""
    path = tmp_path / "outside" / "precious.txt"
    path.parent.mkdir()
    path.write_text(PRECIOUS)
    return path


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "folder"
    path.mkdir()
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("make", "follow", "message"),
    [
        (lambda path, outside: None, False, "no such file"),
        (lambda path, outside: path.mkdir(), False, "is a folder"),
        (lambda path, outside: os.mkfifo(path), False, "is not an ordinary file"),
        (lambda path, outside: os.mkfifo(path), True, "is not an ordinary file"),
        (lambda path, outside: path.symlink_to(outside), False, "is a link"),
        (lambda path, outside: path.symlink_to("/dev/zero"), False, "is a link"),
        (lambda path, outside: path.symlink_to("/dev/zero"), True, "is not an ordinary file"),
        (lambda path, outside: path.symlink_to(path), True, "cannot be read"),
        (lambda path, outside: path.write_bytes(b"\xff"), False, r"is not UTF-8 text \(line 1\)"),
    ],
)
def test_what_is_no_ordinary_text_is_not_read(folder, outside, make, follow, message):
    make(folder / "file", outside)
    with pytest.raises(Unreadable, match=message) as refusal:
        text_of(folder / "file", follow=follow)
    assert isinstance(refusal.value, CorridorError)


def test_a_name_that_is_none_is_not_read():
    with pytest.raises(Unreadable):
        bytes_of("a\0b")


def test_a_link_that_the_user_names_is_followed(folder, outside):
    (folder / "file").symlink_to(outside)
    assert text_of(folder / "file", follow=True) == PRECIOUS


def test_a_file_is_read_up_to_a_limit(folder):
    """Two gigabytes that take no room on the disk take none in the memory either."""
    path = folder / "sparse"
    for size, fits in ((MEGABYTE, True), (MEGABYTE + 1, False), (2_000 * MEGABYTE, False)):
        path.write_bytes(b"")
        os.truncate(path, size)
        if fits:
            assert len(bytes_of(path, 1)) == size
        else:
            with pytest.raises(Unreadable, match="is larger than 1 MB"):
                bytes_of(path, 1)
            with pytest.raises(Unreadable, match="is larger than 1 MB"), opened_file(path, 1):
                pass


def test_a_file_exchanged_for_another_meanwhile_is_seen(folder, monkeypatch):
    """It was an ordinary file when it was looked at, and is a pipe when it is opened."""
    (folder / "file").write_text(OURS)
    really_open = os.open

    def exchanged(path, *flags):
        os.unlink(path)
        os.mkfifo(path)
        return really_open(path, *flags)

    monkeypatch.setattr(os, "open", exchanged)
    with pytest.raises(Unreadable, match="is not an ordinary file"):
        bytes_of(folder / "file")


def test_a_text_has_plain_line_ends_and_no_mark(folder):
    write_text(folder / "file", "ä\nb")
    assert (folder / "file").read_bytes() == "ä\nb".encode()
    (folder / "file").write_bytes(b"\xef\xbb\xbfa")
    assert text_of(folder / "file") == "a"


@pytest.mark.parametrize("place", ["precious.txt", "nothing.txt"])
def test_nothing_is_written_through_a_link(folder, outside, place):
    """Neither into the file that it leads to, nor where there is none; the link goes."""
    (folder / "file").symlink_to(outside.with_name(place))
    write_text(folder / "file", OURS)
    assert names(outside.parent) == ["precious.txt"] and outside.read_text() == PRECIOUS
    assert not (folder / "file").is_symlink() and (folder / "file").read_text() == OURS
    assert names(folder) == ["file"]


def test_another_name_of_a_file_keeps_its_bytes(folder, outside):
    os.link(outside, folder / "file")
    write_text(folder / "file", OURS)
    assert outside.read_text() == PRECIOUS


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_not_replaced(folder, make):
    make(folder / "file")
    mode = (folder / "file").lstat().st_mode
    with pytest.raises(OSError, match="file"):
        write_text(folder / "file", OURS)
    assert names(folder) == ["file"] and (folder / "file").lstat().st_mode == mode


@pytest.mark.parametrize("earlier", [None, PRECIOUS])
def test_a_file_comes_whole_or_not_at_all(folder, earlier):
    if earlier:
        (folder / "file").write_text(earlier)
    with pytest.raises(OSError, match="No space"), new_file(folder / "file") as file:
        file.write(b"half")
        file.flush()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert names(folder) == (["file"] if earlier else [])
    assert not earlier or (folder / "file").read_text() == earlier


def test_a_new_file_has_the_permissions_of_any(folder):
    before = os.umask(0o027)
    try:
        write_text(folder / "file", OURS)
    finally:
        os.umask(before)
    assert (folder / "file").stat().st_mode & 0o777 == 0o640
