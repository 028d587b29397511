"""What a power failure leaves of a folder, from the log of the calls before it.

By POSIX, the content of a file is on disk as of its last fsync, and a change of names once one
of its folders was synced. What was not synced may be lost or not, so there are three outcomes:

- "undone": changes of names that were not synced did not happen, and files have the content of
  their last fsync;
- "lost": all changes of names happened, and files have the content of their last fsync;
- "zeros": as "lost", but what was not synced are zero bytes, as some file systems leave them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

OUTCOMES = ("undone", "lost", "zeros")
Tree = dict[str, bytes | None]  # content by path below the folder; None for a folder
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux's renameat2


class Node:
    """A file with the content that is on disk, or a folder."""

    def __init__(self, *, is_folder: bool, synced: bytes = b"") -> None:
        self.is_folder = is_folder
        self.synced = synced


Names = dict[Node, dict[str, Node]]  # the entries of each folder


class Change(NamedTuple):
    """A change of names: the nodes that it is about, and the node that each name gets."""

    nodes: set[Node]
    entries: list[tuple[Node, str, Node | None]]

    def apply(self, names: Names) -> None:
        for folder, name, node in self.entries:
            entries = names.setdefault(folder, {})
            entries.pop(name, None)
            if node is not None:
                entries[name] = node

    def needs(self, earlier: Change) -> bool:
        """Whether it is about a node or a name that an earlier change is about."""
        mine, others = ({(id(f), name) for f, name, _ in c.entries} for c in (self, earlier))
        return bool(self.nodes & earlier.nodes or mine & others)


class History:
    """The changes of a folder since it was ``tree``, all of which is on disk."""

    def __init__(self, tree: Tree) -> None:
        self._root = Node(is_folder=True)
        self._now: Names = {self._root: {}}
        for path, content in sorted(tree.items()):
            node = Node(is_folder=content is None, synced=content or b"")
            folder, name = self._split(path)
            self._now[folder][name] = node
            self._now.setdefault(node, {})
        self._first = {folder: dict(entries) for folder, entries in self._now.items()}
        self._changes: list[Change] = []
        self._on_disk: set[int] = set()

    def replay(self, log: str, snapshots: Path) -> History:
        """Repeat the calls of the log that the shim wrote."""
        for line in log.splitlines():
            call, path, other, value = line.split("\t")
            if call == "F":
                self._find(path).synced = (snapshots / value).read_bytes()
            elif call == "D":
                folder = self._find(path)
                for number, change in enumerate(self._changes):
                    if any(folder is parent for parent, _, _ in change.entries):
                        self._put_on_disk(number)
            else:
                self._changes.append(self._change(call, path, other, int(value)))
                self._changes[-1].apply(self._now)
        return self

    def surviving(self, outcome: str, folder: Path) -> Tree:
        """Return what is left of ``folder``, which is as it was when the power failed."""
        names, paths = self._now, {node: path for path, node in _walk(self._now, self._root)}
        if outcome == "undone":
            names = {each: dict(entries) for each, entries in self._first.items()}
            for number in sorted(self._on_disk):
                self._changes[number].apply(names)
        tree: Tree = {}
        for path, node in _walk(names, self._root):
            tree[path] = None if node.is_folder else node.synced
            if outcome == "zeros" and not node.is_folder:
                size = (folder / paths[node]).stat().st_size
                tree[path] = node.synced[:size].ljust(size, b"\0")
        return tree

    def _split(self, path: str) -> tuple[Node, str]:
        folder, name = os.path.split(path)
        return self._find(folder), name

    def _find(self, path: str) -> Node:
        node = self._root
        for name in filter(None, path.split("/")):
            node = self._now[node][name]
        return node

    def _change(self, call: str, path: str, other: str, flags: int) -> Change:
        folder, name = self._split(path)
        if call in "CM":
            node = Node(is_folder=call == "M")
            return Change({node}, [(folder, name, node)])
        node = self._now[folder][name]
        if call == "U":
            return Change({node}, [(folder, name, None)])
        new_folder, new_name = self._split(other)
        replaced = self._now.get(new_folder, {}).get(new_name)
        nodes = {node} if replaced is None else {node, replaced}
        if call == "L":
            return Change(nodes, [(new_folder, new_name, node)])
        left = replaced if flags & _EXCHANGE else None
        return Change(nodes, [(folder, name, left), (new_folder, new_name, node)])

    def _put_on_disk(self, number: int) -> None:
        """Mark a change, and the earlier ones without which it means nothing."""
        if number in self._on_disk:
            return
        self._on_disk.add(number)
        for earlier in range(number):
            if self._changes[number].needs(self._changes[earlier]):
                self._put_on_disk(earlier)


def _walk(names: Names, folder: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    for name, node in names.get(folder, {}).items():
        yield f"{path}{name}", node
        if node.is_folder:
            yield from _walk(names, node, f"{path}{name}/")
