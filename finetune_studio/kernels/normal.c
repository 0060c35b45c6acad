/* normal_block.normal_block_of and answer_facts.edges_of. */

#include "kernels.h"

#define LOW 0x7F7F7F7F7F7F7F7Full
#define HIGH 0x8080808080808080ull
#define SPACES 0x2020202020202020ull

/* Whether eight bytes are copied as they are: no white space but spaces, no two of them in a row, none at the
   beginning where one is `before`. Tells whether the last of them is a space. */
static inline int is_normal(uint64_t bytes, uint8_t *before) {
  uint64_t other = bytes ^ SPACES;
  uint64_t spaces = ~(((other & LOW) + LOW) | other | LOW);      /* the high bit of each space */
  uint64_t controls = ~(((bytes & LOW) + (LOW - SPACES + 0x0101010101010101ull)) | bytes) & HIGH; /* below 0x20 */
  if (controls | (spaces & (spaces << 8 | (uint64_t)*before << 7))) return 0;
  *before = (uint8_t)(spaces >> 63);
  return 1;
}

/* Runs of white space as one space, none at the ends. `mark` stands behind each text and is copied. Spaces of
   several bytes begin at `wide`, ascending. Eight more bytes must follow in `raw` and `joined`. Gives the length
   of what was written. */
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
      while (at < stop) {
        uint64_t bytes;
        for (; stop - at >= 8; at += 8, out += 8) {
          memcpy(&bytes, at, 8);
          if (!is_normal(eight(at, 8), &before)) break;
          memcpy(out, &bytes, 8);
        }
        const uint8_t *until = stop - at < 8 ? stop : at + 8;
        for (; at < until; at++) {
          uint8_t here = is_space[*at];
          *out = here ? ' ' : *at;
          out += !(here & before);
          before = here;
        }
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

/* Of texts of `least` words or more where the first word ends, where so many first words end, and where the last
   word begins; of others all three are where the text starts. */
EXPORT int64_t find_edges(const uint8_t *joined, const int64_t *starts, const int64_t *ends, int64_t count,
                          int64_t least, int64_t words, int64_t *first_ends, int64_t *opening_ends,
                          int64_t *last_starts) {
  for (int64_t n = 0; n < count; n++) {
    const uint8_t *start = joined + starts[n], *end = joined + ends[n], *at = start;
    int64_t found = 0, first = starts[n], opening = starts[n];
    while (found < least - 1 && at < end && (at = memchr(at, ' ', (size_t)(end - at)))) {
      found++;
      if (found == 1) first = at - joined;
      if (found == words) opening = at - joined;
      at++;
    }
    int is_long = found >= least - 1;
    const uint8_t *last = end;
    while (is_long && last[-1] != ' ') last--;
    first_ends[n] = is_long ? first : starts[n];
    opening_ends[n] = is_long ? opening : starts[n];
    last_starts[n] = is_long ? last - joined : starts[n];
  }
  return 0;
}
