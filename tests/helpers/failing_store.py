"""An object store in memory whose n-th request fails, as a file system of fsspec."""

from __future__ import annotations

import io

import fsspec


class StoreFailure(Exception):
    """What a driver raises; no OSError, as in the drivers of most stores."""


class Requests:
    """Counts requests, and lets one fail.

    Attributes
    ----------
    fails_at
        Number of the request, from 1; None for none.
    kind
        "before": nothing is done. "after": it is done, and the answer is lost. "from then on":
        as "before", and all later requests fail.
    """

    def __init__(self):
        self.count, self.fails_at, self.kind = 0, None, "before"

    def arm(self, fails_at, kind):
        self.count, self.fails_at, self.kind = 0, fails_at, kind

    def __call__(self, action):
        self.count += 1
        is_now = self.count == self.fails_at
        is_later = self.fails_at is not None and self.count > self.fails_at
        if (is_now and self.kind != "after") or (is_later and self.kind == "from then on"):
            raise StoreFailure("injected")
        result = action()
        if is_now:
            raise StoreFailure("injected")
        return result


class _Upload(io.BytesIO):
    """An object that appears complete, when it is closed."""

    def __init__(self, store, path):
        super().__init__()
        self._store, self._path = store, path

    def close(self):
        if not self.closed:
            content = self.getvalue()
            super().close()
            self._store.requests(lambda: self._store.objects.__setitem__(self._path, content))


class FailingStore(fsspec.AbstractFileSystem):
    protocol = "failing"
    cachable = False
    objects: dict[str, bytes] = {}  # noqa: RUF012  one store for all connections
    requests = Requests()

    def ls(self, path, detail=True, **options):
        entries = self.requests(lambda: self._entries(path.strip("/")))
        if not entries:
            raise FileNotFoundError(path)
        return entries if detail else [entry["name"] for entry in entries]

    def _entries(self, path):
        if path in self.objects:
            return [{"name": path, "type": "file", "size": len(self.objects[path])}]
        start = f"{path}/" if path else ""
        found = {}
        for name, content in self.objects.items():
            if name.startswith(start):
                child, *below = name[len(start) :].split("/", 1)
                kind, size = ("directory", 0) if below else ("file", len(content))
                found[start + child] = {"name": start + child, "type": kind, "size": size}
        return list(found.values())

    def info(self, path, **options):
        path = path.strip("/")
        entries = self.requests(lambda: self._entries(path))
        if path in self.objects:
            return entries[0]
        if not entries:
            raise FileNotFoundError(path)
        return {"name": path, "type": "directory", "size": 0}

    def _open(self, path, mode="rb", **options):
        if "w" in mode:
            return _Upload(self, path)
        return io.BytesIO(self.requests(lambda: self.objects[path]))

    def cp_file(self, path1, path2, **options):
        self.requests(lambda: self.objects.__setitem__(path2, self.objects[path1]))

    def _rm(self, path):
        self.requests(lambda: self.objects.pop(path, None))


def register():
    fsspec.register_implementation("failing", FailingStore, clobber=True)
