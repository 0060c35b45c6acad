/* prints.Prints.similarities: how much of the prints of two rows is in both. */

#include "kernels.h"

#define PRINTS (1 << 16)

/* `pairs` are (count, 2) slots, ordered by the first; prints of a slot begin at `starts`. A row of a lower
   level is thinned to that of the other: prints whose last so many bits are 0. -1 where memory ran out. */
EXPORT int64_t compare_pairs(const uint16_t *prints, const int64_t *starts, const int64_t *sizes,
                             const uint8_t *levels, const int64_t *pairs, int64_t count, float *found) {
  uint8_t *table = calloc(PRINTS, 1);
  if (!table) return -1;
  for (int64_t at = 0; at < count;) {
    int64_t left = pairs[2 * at], own = sizes[left];
    const uint16_t *marks = prints + starts[left];
    for (int64_t n = 0; n < own; n++) table[marks[n]] = 1;
    for (; at < count && pairs[2 * at] == left; at++) {
      int64_t right = pairs[2 * at + 1], size = sizes[right], n_left = own, n_right = size, common = 0;
      const uint16_t *others = prints + starts[right];
      if (levels[left] == levels[right]) {
        for (int64_t n = 0; n < size; n++) common += table[others[n]];
      } else {
        uint16_t mask = (uint16_t)((1u << (levels[left] > levels[right] ? levels[left] : levels[right])) - 1);
        n_left = n_right = 0;
        for (int64_t n = 0; n < own; n++) n_left += !(marks[n] & mask);
        for (int64_t n = 0; n < size; n++) {
          int kept = !(others[n] & mask);
          n_right += kept;
          common += table[others[n]] & kept;
        }
      }
      int64_t total = n_left + n_right - common;
      found[at] = (float)((double)common / (double)(total > 1 ? total : 1));
    }
    for (int64_t n = 0; n < own; n++) table[marks[n]] = 0;
  }
  free(table);
  return 0;
}
