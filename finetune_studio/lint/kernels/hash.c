/* hashing.hashes_in and normal_block.normal_block_of. */

#include "kernels.h"

EXPORT int64_t kernels_digest(void) { return KERNELS_DIGEST; }

#define FACTOR 0xA0761D6478BD642Fu
#define LENGTH 0xE7037ED1A0B428DBu

/* Of the bytes from each start to its end; eight more must follow the last. */
EXPORT void hash_texts(const uint8_t *padded, const int64_t *starts, const int64_t *ends, int64_t count,
                       uint64_t *found) {
  for (int64_t n = 0; n < count; n++) {
    const uint8_t *at = padded + starts[n];
    int64_t length = ends[n] - starts[n];
    uint64_t sum = 0, place = 0;
    for (int64_t left = length; left > 0; left -= 8, at += 8, place += STEP)
      sum += mixed(mixed(eight(at, left) * FACTOR + place) * STEP);
    found[n] = mixed(sum + (uint64_t)(length + 1) * LENGTH);
  }
}

/* Runs of white space as one space, none at the ends. `mark` stands behind each text and is copied. Spaces
   of several bytes begin at `wide`, ascending. Gives the length of what was written to `joined`. */
EXPORT int64_t normalise(const uint8_t *raw, const int64_t *starts, const int64_t *ends, int64_t count,
                         const int64_t *wide, const uint8_t *wide_lengths, int64_t n_wide, uint8_t mark,
                         uint8_t *joined, int64_t *new_starts, int64_t *new_ends) {
  static const uint8_t is_space[256] = {
      [9] = 1, [10] = 1, [11] = 1, [12] = 1, [13] = 1, [28] = 1, [29] = 1, [30] = 1, [31] = 1, [32] = 1};
  uint8_t *out = joined;
  int64_t next = 0;
  for (int64_t n = 0; n < count; n++) {
    const uint8_t *at = raw + starts[n], *end = raw + ends[n];
    const uint8_t *first = out;
    uint8_t before = 1; /* whether a space would follow another one, or stand at the start */
    new_starts[n] = out - joined;
    while (at < end) {
      int is_wide = next < n_wide && wide[next] < ends[n];
      const uint8_t *stop = is_wide ? raw + wide[next] : end;
      for (; at < stop; at++) {
        uint8_t here = is_space[*at];
        *out = here ? ' ' : *at;
        out += !(here & before);
        before = here;
      }
      if (is_wide) {
        *out = ' ';
        out += !before;
        before = 1;
        at += wide_lengths[next++];
      }
    }
    if (out > first && out[-1] == ' ') out--;
    new_ends[n] = out - joined;
    *out++ = mark;
  }
  return out - joined;
}
