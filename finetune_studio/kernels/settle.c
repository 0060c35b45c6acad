/* near_pairs.settled_groups. */

#include "kernels.h"

enum { MOST = 64 };

struct pair {
  float similarity;
  int32_t place;
  uint8_t one, other;
};

static int by_similarity(const void *left, const void *right) {
  const struct pair *one = left, *other = right;
  if (one->similarity != other->similarity) return one->similarity > other->similarity ? -1 : 1;
  return one->place < other->place ? -1 : 1;
}

/* For each of up to 64 rows the smallest row of its group; -1 for more rows. */
EXPORT int64_t settle(int64_t count, const float *similarity, float threshold, int64_t *group_of) {
  struct pair pairs[MOST * (MOST - 1) / 2];
  uint64_t near[MOST] = {0}, members[MOST];
  int32_t place = 0;
  int64_t found = 0;
  if (count > MOST) return -1;
  for (int64_t one = 0; one < count; one++) {
    group_of[one] = one;
    members[one] = 1ull << one;
    for (int64_t other = one + 1; other < count; other++, place++) {
      if (!(similarity[place] >= threshold)) continue;
      near[one] |= 1ull << other;
      near[other] |= 1ull << one;
      pairs[found++] = (struct pair){similarity[place], place, (uint8_t)one, (uint8_t)other};
    }
  }
  qsort(pairs, (size_t)found, sizeof *pairs, by_similarity);
  for (int64_t n = 0; n < found; n++) {
    int64_t one = group_of[pairs[n].one], other = group_of[pairs[n].other], links = 0;
    if (one == other) continue;
    if (one > other) {
      int64_t smaller = other;
      other = one;
      one = smaller;
    }
    for (uint64_t left = members[one]; left; left &= left - 1)
      links += __builtin_popcountll(near[__builtin_ctzll(left)] & members[other]);
    if (2 * links < __builtin_popcountll(members[one]) * __builtin_popcountll(members[other])) continue;
    for (uint64_t left = members[other]; left; left &= left - 1) group_of[__builtin_ctzll(left)] = one;
    members[one] |= members[other];
  }
  return 0;
}
