"""Archives are unpacked or refused in one line, and nothing is ever written outside."""

from __future__ import annotations

import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.errors import ArchiveError, CacheError, UnsafeArchiveError
from docgen.sources import archives
from docgen.sources.archives import unpack
from docgen.sources.members import Limits
from tests.docgen.sources.packed import sdist, tar_link, wheel, zip_link

GOOD = {"p/__init__.py": "X = 1\n", "p/a.py": "A = 1\n"}


def tree(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its text; a link would be an error."""
    paths = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    assert not any(path.is_symlink() for path in paths)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_files_of_every_compression(mode: str, tmp_path: Path) -> None:
    """The first bytes show the compression, with any file name."""
    path = sdist(tmp_path / "x.tar.gz", GOOD, mode=mode)

    assert unpack(path, tmp_path / "out") == ()
    assert tree(tmp_path / "out") == GOOD


def test_wheel_with_files_for_the_installer_to_move(tmp_path: Path) -> None:
    """Files in `purelib` and `platlib` are where an installer would put them; scripts are not moved."""
    path = wheel(
        tmp_path / "x.whl", {"x-1.data/purelib/p/a.py": "A", "x-1.data/platlib/b.py": "B", "x-1.data/scripts/c": "C"}
    )

    unpack(path, tmp_path / "out")

    assert tree(tmp_path / "out") == {"p/a.py": "A", "b.py": "B", "x-1.data/scripts/c": "C"}


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Neither modes in an archive nor the user's mask have an effect."""
    unpack(wheel(tmp_path / "x.whl", GOOD), tmp_path / "out")

    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*")}
    assert modes == {0o600, 0o700}


# -- links


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_link_to_a_member_becomes_a_copy(kind: bytes, tmp_path: Path) -> None:
    """A chain of links ends in the text of the member at its end."""
    target = "../p/a.py" if kind == tarfile.SYMTYPE else "p/a.py"
    links = [tar_link("q/b.py", target, kind), tar_link("q/c.py", "b.py")]
    path = sdist(tmp_path / "x.tar.gz", GOOD, links)

    assert unpack(path, tmp_path / "out") == ()
    assert tree(tmp_path / "out") == {**GOOD, "q/b.py": "A = 1\n", "q/c.py": "A = 1\n"}


def test_link_in_a_zip_file_becomes_a_copy(tmp_path: Path) -> None:
    """Zip files support links too; their content is the target."""
    unpack(zip_link(tmp_path / "x.zip", "p/b.py", "a.py", GOOD), tmp_path / "out")

    assert tree(tmp_path / "out")["p/b.py"] == "A = 1\n"


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (tar_link("docs", "p"), "the link docs leads to a folder"),
        (tar_link("p/pipe", "", tarfile.FIFOTYPE), "the member p/pipe is not a regular file"),
        (tar_link("p/disk", "", tarfile.BLKTYPE), "the member p/disk is not a regular file"),
    ],
    ids=["folder", "pipe", "device"],
)
def test_what_is_left_out_is_reported(member: tarfile.TarInfo, message: str, tmp_path: Path) -> None:
    """A link to a folder, a pipe and a device are left out with one sentence each; the rest is unpacked."""
    (note,) = unpack(sdist(tmp_path / "x.tar.gz", GOOD, [member]), tmp_path / "out")

    assert note == f"{message}; it is left out"
    assert tree(tmp_path / "out") == GOOD


BAD_LINKS = {
    "to a file outside": (tar_link("p/l.py", "../../secret.py"), "outside its folder"),
    "to an absolute path": (tar_link("p/l.py", "/etc/passwd"), "outside its folder"),
    "hard, to a file outside": (tar_link("p/l.py", "../secret.py", tarfile.LNKTYPE), "outside its folder"),
    "hard, to an absolute path": (tar_link("p/l.py", "/etc/passwd", tarfile.LNKTYPE), "outside its folder"),
    "to nothing": (tar_link("p/l.py", "gone.py"), "leads to p/gone.py, which is not in the archive"),
    "to itself": (tar_link("p/l.py", "l.py"), "in a circle"),
}


@pytest.mark.parametrize(("link", "message"), BAD_LINKS.values(), ids=BAD_LINKS.keys())
def test_link_that_leads_astray_is_refused(link: tarfile.TarInfo, message: str, tmp_path: Path) -> None:
    """One line names the link, and nothing is written."""
    (tmp_path / "secret.py").write_text("secret")

    with pytest.raises(ArchiveError, match=message) as raised:
        unpack(sdist(tmp_path / "x.tar.gz", GOOD, [link]), tmp_path / "out")

    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 3
    assert not (tmp_path / "out").exists()


def test_circle_of_links_is_refused(tmp_path: Path) -> None:
    """Links that lead to each other are not followed forever."""
    links = [tar_link("a.py", "b.py"), tar_link("b.py", "a.py")]

    with pytest.raises(ArchiveError, match="in a circle"):
        unpack(sdist(tmp_path / "x.tar.gz", GOOD, links), tmp_path / "out")


def test_escape_by_a_long_chain_of_links(tmp_path: Path) -> None:
    """The escape past `tarfile`'s data filter: links so long that `realpath` stops resolving, then a way out.

    The archive is that of the public report; our own loop follows no link, so that no interpreter's filter has a say.
    """
    long, links, steps = "d" * 247, [], "abcdefghijklmnop"
    folder = ""
    for step in steps:
        links += [tar_link(f"{folder}{long}", "", tarfile.DIRTYPE), tar_link(f"{folder}{step}", long)]
        folder += f"{step}/"
    links += [
        tar_link(f"{'/'.join(steps)}/{'l' * 254}", "../" * len(steps)),
        tar_link("escape", f"{'/'.join(steps)}/{'l' * 254}/../../victim"),
        tar_link("flaglink", "escape", tarfile.LNKTYPE),
    ]
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path = sdist(tmp_path / "x.tar.gz", {"flaglink": "overwritten", **GOOD}, links)

    with pytest.raises(ArchiveError) as raised:
        unpack(path, tmp_path / "deep" / "out")

    assert "\n" not in str(raised.value)
    assert victim.read_text() == "mine"


def test_file_below_a_link_stays_inside(tmp_path: Path) -> None:
    """A link to a folder outside, then a file through it: the classic attack."""
    (tmp_path / "target").mkdir()
    path = sdist(tmp_path / "x.tar.gz", {"way/out.py": "x"}, [tar_link("way", str(tmp_path / "target"))])

    with suppress(ArchiveError):
        unpack(path, tmp_path / "out")

    assert not any((tmp_path / "target").iterdir())


def test_link_in_the_way_of_a_file_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that another process puts in place of a file stops the unpacking; its target is not changed."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    mkdir = Path.mkdir

    def mkdir_and_plant(folder: Path, mode: int = 0o777) -> None:
        mkdir(folder, mode)
        if folder.name == "p":
            (folder / "a.py").symlink_to(victim)

    monkeypatch.setattr(Path, "mkdir", mkdir_and_plant)
    with pytest.raises(CacheError, match="exists"):
        unpack(wheel(tmp_path / "x.whl", GOOD), tmp_path / "out")

    assert victim.read_text() == "mine"


# -- names


@pytest.mark.parametrize(
    "name", ["../evil.py", "/evil.py", "a/../../evil.py", "C:\\evil.py", "..\\evil.py", "p/./../e.py"]
)
def test_name_that_leads_outside_is_refused(name: str, tmp_path: Path) -> None:
    """Parent folders, roots and drives are refused in every kind of archive."""
    for path in (wheel(tmp_path / "x.whl", {**GOOD, name: "x"}), sdist(tmp_path / "x.tar.gz", {**GOOD, name: "x"})):
        with pytest.raises(UnsafeArchiveError, match="outside its folder"):
            unpack(path, tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_null_byte_in_a_name_is_refused(tmp_path: Path) -> None:
    """Tools cut a name at a null byte in different ways."""
    tar = sdist(tmp_path / "x.tar.gz", {"p/a.py\0.txt": "x" * 10, "é" * 60 + "\0.py": "x"})
    zipped = wheel(tmp_path / "x.whl", {"p/aXb.py": "x"})
    zipped.write_bytes(zipped.read_bytes().replace(b"aXb", b"a\0b"))

    for path in (tar, zipped):
        with pytest.raises(UnsafeArchiveError) as raised:
            unpack(path, tmp_path / "out")
        assert "\0" not in str(raised.value)


def test_name_too_long_for_a_file_system_gets_a_short_one(tmp_path: Path) -> None:
    """Two names that differ only at their ends, one deep path, one name that is not UTF-8: all stay distinct."""
    long = "p/" + "n" * 300
    members = {f"{long}1.py": "one", f"{long}2.py": "two", "p/" + "d/" * 900 + "m.py": "deep", **GOOD}
    notes = unpack(sdist(tmp_path / "x.tar.gz", members), tmp_path / "out")

    assert len(notes) == 3
    assert all("does not fit into a file system" in note and len(note) < 300 for note in notes)
    assert sorted(tree(tmp_path / "out").values()) == sorted(members.values())


def test_name_that_is_no_text_gets_another(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 cannot be printed, so the file gets a printable name."""
    path = sdist(tmp_path / "x.tar", {"p/XX.py": "x"}, mode="w")
    data = path.read_bytes().replace(b"XX.py", b"\xff\xfe.py")
    header = bytearray(data[:512])
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    path.write_bytes(bytes(header) + data[512:])

    (note,) = unpack(path, tmp_path / "out")

    assert note.isprintable()
    assert list(tree(tmp_path / "out").values()) == ["x"]


def test_last_of_two_members_of_one_name_counts(tmp_path: Path) -> None:
    """Other tools do the same."""
    wheel(tmp_path / "x.whl", {"a.py": "first", "./a.py": "second", ".//a.py": "last"})

    unpack(tmp_path / "x.whl", tmp_path / "out")

    assert tree(tmp_path / "out") == {"a.py": "last"}


def test_member_that_is_file_and_folder_is_refused(tmp_path: Path) -> None:
    """A file cannot have files below it."""
    members = {"p": "a file", "p/a.py": "x"}

    for path in (wheel(tmp_path / "x.whl", members), sdist(tmp_path / "x.tar.gz", members)):
        with pytest.raises(ArchiveError, match="p is both a file and a folder"):
            unpack(path, tmp_path / "out")
        assert not (tmp_path / "out").exists()


# -- damage and bombs


def encrypted(path: Path) -> Path:
    """Write a zip file whose member is marked as encrypted."""
    data = bytearray(wheel(path, GOOD).read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    path.write_bytes(data)
    return path


def unknown_compression(path: Path) -> Path:
    """Write a zip file whose member has an unknown compression."""
    data = bytearray(wheel(path, GOOD).read_bytes())
    for signature, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(signature) + place] = 77
    path.write_bytes(data)
    return path


def wrong_checksum(path: Path) -> Path:
    """Write a zip file whose member does not match its checksum."""
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("p/a.py", "A = 1\n")
    path.write_bytes(path.read_bytes().replace(b"A = 1", b"A = 2"))
    return path


def cut_off(path: Path) -> Path:
    """Truncate an archive in the middle."""
    members = {f"p/m{number}.py": os.urandom(400).hex() for number in range(20)}
    whole = wheel(path, members) if path.suffix in (".whl", ".zip") else sdist(path, members)
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return path


def damaged_header(path: Path) -> Path:
    """Write a tar file whose second header has a wrong checksum."""
    data = bytearray(sdist(path, GOOD, mode="w").read_bytes())
    data[1024 + 5] ^= 0xFF
    path.write_bytes(data)
    return path


def long_header(path: Path) -> Path:
    """Write a tar file whose extended header claims to be 8 GiB long."""
    info = tarfile.TarInfo("header")
    info.type, info.size = tarfile.XHDTYPE, 8 << 30
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    return path


def nested_headers(path: Path) -> Path:
    """Write a tar file with a long chain of extended headers, each read on the way to the next."""
    info = tarfile.TarInfo("header")
    info.type = tarfile.GNUTYPE_LONGNAME
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) * 3_000)
    return path


def negative_size(path: Path) -> Path:
    """Write a tar file whose member has a negative size."""
    header = bytearray(tarfile.TarInfo("p/a.py").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 12
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    path.write_bytes(bytes(header) + bytes(1024))
    return path


DAMAGED: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "encrypted": ("x.whl", encrypted),
    "unknown compression": ("x.whl", unknown_compression),
    "wrong checksum": ("x.whl", wrong_checksum),
    "cut zip": ("x.zip", cut_off),
    "cut tar.gz": ("x.tar.gz", cut_off),
    "damaged header": ("x.tar.gz", damaged_header),
    "long header": ("x.tar.gz", long_header),
    "nested headers": ("x.tar.gz", nested_headers),
    "negative size": ("x.tar.gz", negative_size),
}


@pytest.mark.parametrize(("name", "make"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_archive_is_one_line(name: str, make: Callable[[Path], Path], tmp_path: Path) -> None:
    """For any error of a decoder, the user sees one line with the name of the archive, and exit code 3."""
    path = make(tmp_path / name)

    with pytest.raises(ArchiveError, match=rf"^{name}: ") as raised:
        unpack(path, tmp_path / "out")

    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize("name", ["x.whl", "x.zip", "x.tar.gz", "x.tar.bz2", "x.tar.xz", "x.tgz"])
@pytest.mark.parametrize("data", [b"", b"no archive", b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\0", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_is_one_line(name: str, data: bytes, tmp_path: Path) -> None:
    """An empty file, text, and the mere beginning of an archive. An empty zip file is an archive without members."""
    (tmp_path / name).write_bytes(data)

    is_empty_zip = data.startswith(b"PK") and name.endswith((".whl", ".zip"))
    refused = (
        nullcontext() if is_empty_zip else pytest.raises(ArchiveError, match=rf"^{name}: cannot be unpacked: .+\.$")
    )

    with refused:
        assert unpack(tmp_path / name, tmp_path / "out") == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data(), is_zip=st.booleans())
def test_flipped_bytes_never_end_in_another_error(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, *, is_zip: bool
) -> None:
    """An archive with a few wrong bytes is unpacked or refused."""
    folder = tmp_path_factory.mktemp("flipped")
    path = wheel(folder / "x.whl", GOOD) if is_zip else sdist(folder / "x.tar", GOOD, [tar_link("l", "p/a.py")], "w")
    raw = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), min_size=1, max_size=6)):
        raw[place] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)

    with suppress(ArchiveError):
        unpack(path, folder / "out")

    assert {each.name for each in folder.iterdir()} <= {path.name, "out"}


def test_bomb_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """Sizes in the headers are added up; an impossible total for an archive of this size is refused."""
    text = "\0" * (1 << 20)
    limits = Limits(free_bytes=1 << 18)

    for path in (wheel(tmp_path / "x.whl", {"a": text}), sdist(tmp_path / "x.tar.gz", {"a": text})):
        with pytest.raises(UnsafeArchiveError, match="would unpack to more than"):
            unpack(path, tmp_path / "out", limits)
        assert not (tmp_path / "out").exists()


def test_folders_count_as_members(tmp_path: Path) -> None:
    """A few long names that make thousands of folders."""
    members = {f"{letter}/" * 200 + "m.py": "" for letter in "abcdef"}

    with pytest.raises(UnsafeArchiveError, match="more than 1,000 members"):
        unpack(wheel(tmp_path / "x.whl", members), tmp_path / "out", Limits(members=1_000))


def test_names_that_would_fill_the_memory(tmp_path: Path) -> None:
    """Names of maximal length, thirty thousand folders deep, are stored under short names; not all are listed."""
    members = {f"p/{letter}{'/d' * 32_000}": letter for letter in "abcdefghijklmnopqrstuvwxyz"}

    notes = unpack(wheel(tmp_path / "x.whl", members), tmp_path / "out")

    assert notes[-1] == "and 6 more members are left out or renamed"
    assert sorted(tree(tmp_path / "out").values()) == sorted(members.values())


def test_link_that_is_too_long(tmp_path: Path) -> None:
    """No path is that long."""
    for path in (
        sdist(tmp_path / "x.tar.gz", GOOD, [tar_link("p/l.py", "d/" * 3_000)]),
        zip_link(tmp_path / "x.zip", "p/l.py", "d/" * 3_000, GOOD),
    ):
        with pytest.raises(ArchiveError, match=r"the link p/l\.py is too long"):
            unpack(path, tmp_path / "out")


def test_copies_of_links_count_towards_the_limit(tmp_path: Path) -> None:
    """A thousand links to a large file are a thousand large files."""
    links = [tar_link(f"l{number}", "a") for number in range(100)]
    path = sdist(tmp_path / "x.tar.gz", {"a": os.urandom(5_000).hex()}, links)

    with pytest.raises(UnsafeArchiveError, match="would unpack to more than"):
        unpack(path, tmp_path / "out", Limits(size_bytes=200_000))


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    """Even before an object is created for each."""
    members = {f"m{number}.py": "" for number in range(30)}

    for path in (wheel(tmp_path / "x.whl", members), sdist(tmp_path / "x.tar.gz", members)):
        with pytest.raises(UnsafeArchiveError, match="more than 20 members"):
            unpack(path, tmp_path / "out", Limits(members=20))


def test_zip_that_announces_millions_of_members_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its directory is not even read."""
    path = tmp_path / "x.whl"
    path.write_bytes(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 1 << 30, 0, 0))
    monkeypatch.setattr(archives, "zipfile", None)

    with pytest.raises(UnsafeArchiveError, match="more than 100,000 members"):
        unpack(path, tmp_path / "out")


def test_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """The error of the system is shown, with advice."""
    with pytest.raises(CacheError, match=r"No such file or directory.*ASSAY_CACHE"):
        unpack(wheel(tmp_path / "x.whl", GOOD), tmp_path / "gone" / "out")
