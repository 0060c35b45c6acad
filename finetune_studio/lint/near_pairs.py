"""Which rows may be near copies of which, by band keys; and what pairs join into groups."""

from collections.abc import Iterable
from itertools import combinations

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.facts import Array
from finetune_studio.lint.groups import stars_of
from finetune_studio.lint.kernels.settling import MOST_SETTLED, settle

_NEIGHBOURS = 2
"""Rows with the same band key that each row is compared with, besides the first of them all."""


_BANDS_AT_ONCE = 2
"""Bands of which pairs that are there already are held."""


def candidate_pairs(bands: Iterable[Array]) -> Array:
    """Pairs of rows that share a band key, as (n, 2), each once with the smaller row first.

    `bands` gives the keys of all rows band by band (32 bits; 0 never matches).
    """
    found = [np.zeros(0, dtype=np.uint64)]
    for keys in bands:
        ordered = np.sort((keys.astype(np.uint64) << np.uint64(32)) | np.arange(len(keys), dtype=np.uint64))
        key = ordered >> np.uint64(32)
        shared = np.zeros(len(key), dtype=bool)
        np.equal(key[1:], key[:-1], out=shared[1:])
        shared[:-1] |= shared[1:]
        shared &= key != 0
        if shared.any():
            found.append(_pairs_in(key[shared], (ordered & np.uint64(0xFFFFFFFF))[shared]))
        if len(found) > _BANDS_AT_ONCE:
            found = [distinct(np.concatenate(found))]
    both = distinct(np.concatenate(found))
    pairs = np.empty((len(both), 2), dtype=np.int32)
    pairs[:, 0], pairs[:, 1] = both >> np.uint64(32), both & np.uint64(0xFFFFFFFF)
    return pairs


def _pairs_in(key: Array, row: Array) -> Array:
    """Pairs within runs of equal keys; rows ascend in a run. In a long run not all, but enough to join it."""
    found: list[Array] = []
    for apart in range(1, _NEIGHBOURS + 1):
        same = np.flatnonzero(key[apart:] == key[:-apart])
        if not len(same):
            break
        found.append((row[same] << np.uint64(32)) | row[same + apart])
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    lengths = np.diff(np.r_[starts, len(key)])
    first = np.repeat(row[starts], lengths)
    far = np.arange(len(key)) - np.repeat(starts, lengths) > _NEIGHBOURS
    found.append((first[far] << np.uint64(32)) | row[far])
    return np.concatenate(found)


def starred(rows: Array, similarity: Array, hashes: Array, again: Array) -> tuple[Array, Array]:
    """Pairs and their similarities with the first of the rows that share one of the hashes `again` in the
    place of each of these, and that first one paired with all the others, as a whole search gives them."""
    shared = np.flatnonzero(np.isin(hashes, again[again != 0]))
    stars = shared[stars_of(hashes[shared])]
    if not len(stars):
        return rows, similarity
    first = np.arange(len(hashes))
    first[stars[:, 1]] = stars[:, 0]
    is_touched = np.zeros(len(hashes), dtype=bool)
    is_touched[stars] = True
    touched = is_touched[rows].any(axis=1)
    own = np.sort(first[rows[touched]], axis=1)
    apart = own[:, 0] != own[:, 1]
    own, places = np.unique(own[apart], axis=0, return_index=True)
    return (
        np.concatenate([rows[~touched], stars, own]),
        np.concatenate(
            [
                similarity[~touched],
                np.ones(len(stars), dtype=similarity.dtype),
                similarity[touched][apart][places],
            ]
        ),
    )


def components(count: int, pairs: Array) -> Array:
    """For each of `count` rows the smallest row that pairs connect it with."""
    label = np.arange(count)
    if not len(pairs):
        return label
    left, right = pairs[:, 0], pairs[:, 1]
    while True:
        low = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, label[left], low)
        np.minimum.at(label, label[right], low)
        label = _settled(label)
        if np.array_equal(before, label):
            return label


def joined_members(pairs: Array) -> tuple[Array, Array]:
    """The rows in pairs, ascending, and for each the number among them of the first it is connected with."""
    seen = np.zeros(int(pairs.max(initial=-1)) + 1, dtype=bool)
    seen[pairs] = True
    members = np.flatnonzero(seen)
    number = np.cumsum(seen) - 1
    return members, components(len(members), number[pairs])


def _settled(label: Array) -> Array:
    while not np.array_equal(label, further := label[label]):
        label = further
    return label


def settled_labels(similarity: Array, threshold: float, count: int) -> Array:
    """Part rows that pairs join into groups whose rows are mostly all similar to each other.

    `similarity` is that of all pairs of `count` rows: (0, 1), (0, 2), ... From the most similar pair on, two
    groups become one when at least half of the pairs between them are similar. Gives for each row the
    smallest one of its group.
    """
    kernels = library()
    if kernels is not None and count <= MOST_SETTLED:
        return settle(kernels, similarity, threshold, count)
    label = list(range(count))
    members = {row: [row] for row in label}
    near = [0] * count
    places = np.flatnonzero(similarity >= threshold)
    places = places[np.argsort(-similarity[places], kind="stable")]
    all_pairs = [*combinations(range(count), 2)]
    pairs = [all_pairs[place] for place in places.tolist()]
    for a, b in pairs:
        near[a] |= 1 << b
        near[b] |= 1 << a
    for a, b in pairs:
        one, other = sorted((label[a], label[b]))
        if one == other:
            continue
        others = sum(1 << member for member in members[other])
        links = sum((near[member] & others).bit_count() for member in members[one])
        if 2 * links >= len(members[one]) * len(members[other]):
            for member in members[other]:
                label[member] = one
            members[one] += members.pop(other)
    return np.array(label, dtype=np.int64)


def within(pairs: Array, same: Array, among: Array) -> Array:
    """The pairs of rows that count (`among` masks them); of `same` rows, whose first one alone is paired with
    others, the first that counts stands for one that does not."""
    stands = np.arange(len(among))
    lost = same[~among[same[:, 0]] & among[same[:, 1]]]
    lost = lost[np.lexsort((lost[:, 1], lost[:, 0]))]
    first, places = np.unique(lost[:, 0], return_index=True)
    stands[first] = lost[places, 1]
    found = np.sort(stands[pairs], axis=1)
    found = found[(found[:, 0] != found[:, 1]) & among[found].all(axis=1)]
    return np.unique(found, axis=0) if len(first) else found
