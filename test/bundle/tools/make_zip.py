"""Makes zip archives as Python's zipfile does: make_zip.py KIND ARCHIVE."""
import struct
import sys
import zipfile

TIME = (2019, 3, 4, 5, 6, 8)


class Pipe:
    """Cannot be wound back, so that zipfile puts lengths and checksums behind the contents."""

    def __init__(self, file):
        self.file = file

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def info(name, mode=0o100644, system=3, method=zipfile.ZIP_DEFLATED, time=None):
    entry = zipfile.ZipInfo(name, TIME)
    entry.create_system = system
    entry.external_attr = mode << 16
    entry.compress_type = method
    if time is not None:
        entry.extra = struct.pack("<HHBi", 0x5455, 5, 1, time)
    return entry


def plain(archive):
    archive.writestr(info("appspec.yml"), "version: 0.0\n")
    archive.writestr(info("scripts/", 0o040755), "")
    archive.writestr(info("scripts/start.sh", 0o100755), "#!/bin/sh\n")
    archive.writestr(info("stored", method=zipfile.ZIP_STORED), "s" * 200_000)
    archive.writestr(info("big"), "b" * 500_000)
    archive.writestr(info("zero"), "")
    archive.writestr(info("link", 0o120777), "scripts/start.sh")
    archive.writestr(info("grün/naïve.txt"), "umlauts")
    archive.writestr(info("exact", time=1_551_675_969), "its time is odd")


def forced(archive):
    for name, size in (("appspec.yml", 13), ("big", 500_000)):
        with archive.open(info(name), "w", force_zip64=True) as entry:
            entry.write(b"x" * size)
    archive.comment = b"c" * 60_000


def many(archive):
    for number in range(66_000):
        archive.writestr(info("d%d/f%d" % (number // 1000, number), method=zipfile.ZIP_STORED), str(number))


def dos(archive):
    for system in (0, 11):
        for number, attributes in enumerate((0x20, 1, 0o100640 << 16, 0o100751 << 16, 0o100400 << 16 | 1, 0o4600 << 16)):
            entry = info("%d/file-%d" % (system, number), 0, system)
            entry.external_attr = attributes
            archive.writestr(entry, "x")
        for number, attributes in enumerate((0x10, 0x11, 0o040750 << 16 | 0x10, 0o040400 << 16)):
            entry = info("%d/folder-%d/" % (system, number), 0, system)
            entry.external_attr = attributes
            archive.writestr(entry, "")


def macos(archive):
    archive.writestr(info("app/", 0o040755, time=1_551_675_969), "")
    archive.writestr(info("app/appspec.yml", time=1_551_675_969), "version: 0.0\n")
    archive.writestr(info("app/run", 0o100755, time=1_551_675_970), "#!/bin/sh\n")
    archive.writestr(info("app/.DS_Store"), "\0\0\0\1Bud1")
    archive.writestr(info("__MACOSX/", 0o040775), "")
    archive.writestr(info("__MACOSX/app/", 0o040775), "")
    archive.writestr(info("__MACOSX/app/._run"), "\0\5\x16\7\0\2\0\0Mac OS X")
    archive.writestr(info("__MACOSX/._app"), "\0\5\x16\7\0\2\0\0Mac OS X")


KINDS = {"plain": plain, "forced": forced, "many": many, "dos": dos, "macos": macos}
kind, path = sys.argv[1:3]
with open(path, "wb") as file:
    target = Pipe(file) if kind.startswith("piped-") else file
    with zipfile.ZipFile(target, "w") as made:
        KINDS[kind.replace("piped-", "")](made)
