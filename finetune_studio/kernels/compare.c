/* prints.Prints.similarities, without copying the prints of the rows together first. */

#include "kernels.h"

enum { PRINTS = 1 << 16, PARTS = 6, AT_ONCE = 64, AHEAD = 32 };

/* Arrays of sketches.SketchBatch by batch: those of a row stand at its place less where its batch begins. */
struct batches {
  const uint8_t *const *levels;
  const uint16_t *const *kept, *const *prints;
  const int64_t *const *ends;
  const int64_t *begins, *place;
  int64_t count;
};

/* Runs of prints of a row, and the level that all are thinned to. */
struct row {
  const uint16_t *runs[PARTS];
  int64_t sizes[PARTS], n_runs, total;
  uint8_t level;
};

static void find_row(const struct batches *batches, int64_t number, uint32_t parts, struct row *row) {
  int64_t place = batches->place[number], low = 0, high = batches->count;
  while (high - low > 1) {
    int64_t middle = (low + high) / 2;
    if (batches->begins[middle] <= place) low = middle;
    else high = middle;
  }
  int64_t local = place - batches->begins[low], before = 0;
  const uint8_t *levels = batches->levels[low] + local * PARTS;
  const uint16_t *kept = batches->kept[low] + local * PARTS;
  const uint16_t *prints = batches->prints[low] + batches->ends[low][local];
  for (int part = 0; part < PARTS; part++) before += kept[part];
  prints -= before;
  row->n_runs = row->total = 0;
  row->level = 0;
  for (int part = 0, follows = 0; part < PARTS; prints += kept[part++]) {
    int wanted = parts >> part & 1;
    if (wanted) {
      if (!follows) {
        row->runs[row->n_runs] = prints;
        row->sizes[row->n_runs++] = 0;
      }
      row->sizes[row->n_runs - 1] += kept[part];
      row->total += kept[part];
      if (levels[part] > row->level) row->level = levels[part];
    }
    follows = wanted;
  }
}

static void mark(uint8_t *table, const struct row *row, uint8_t value) {
  for (int64_t run = 0; run < row->n_runs; run++)
    for (int64_t n = 0; n < row->sizes[run]; n++) table[row->runs[run][n]] = value;
}

static int64_t count_kept(const struct row *row, uint16_t mask) {
  int64_t kept = 0;
  if (!mask) return row->total;
  for (int64_t run = 0; run < row->n_runs; run++)
    for (int64_t n = 0; n < row->sizes[run]; n++) kept += !(row->runs[run][n] & mask);
  return kept;
}

/* How many prints of a row are marked; -1 once fewer than `least` must be. */
static int64_t count_common(const uint8_t *table, const struct row *row, uint16_t mask, int64_t least) {
  int64_t common = 0, left = row->total;
  for (int64_t run = 0; run < row->n_runs; run++) {
    const uint16_t *prints = row->runs[run];
    for (int64_t start = 0, size = row->sizes[run]; start < size; start += AT_ONCE) {
      int64_t end = start + AT_ONCE < size ? start + AT_ONCE : size;
      left -= end - start;
      if (mask)
        for (int64_t n = start; n < end; n++) common += table[prints[n]] & !(prints[n] & mask);
      else
        for (int64_t n = start; n < end; n++) common += table[prints[n]];
      if (common + left < least) return -1;
    }
  }
  return common;
}

static float similarity(const uint8_t *table, const struct row *left, const struct row *right, double least) {
  uint16_t mask = (uint16_t)((1u << (left->level > right->level ? left->level : right->level)) - 1);
  int64_t both = count_kept(left, mask) + count_kept(right, mask);
  /* common / (both - common) >= least; one less, as this is computed inexactly */
  int64_t needed = (int64_t)((double)both * least / (1 + least)) - 1;
  int64_t common = count_common(table, right, mask, needed);
  if (common < 0) return 0;
  int64_t total = both - common;
  return (float)((double)common / (double)(total > 1 ? total : 1));
}

/* Of `pairs`, (count, 2), in the parts whose bits are set; quickest where those with the same first row follow
   one another. What is below `least` may be told as 0. -1 where memory ran out. */
EXPORT int64_t compare_rows(const struct batches *batches, int64_t parts, const int32_t *pairs, int64_t count,
                            double least, float *found) {
  uint8_t *table = calloc(PRINTS, 1);
  if (!table) return -1;
  struct row left, right[AHEAD];
  int64_t first = -1;
  for (int64_t start = 0; start < count; start += AHEAD) {
    int64_t end = start + AHEAD < count ? start + AHEAD : count;
    for (int64_t at = start; at < end; at++) { /* all first: they come from memory meanwhile */
      find_row(batches, pairs[2 * at + 1], (uint32_t)parts, &right[at - start]);
      if (right[at - start].n_runs) __builtin_prefetch(right[at - start].runs[0]);
    }
    for (int64_t at = start; at < end; at++) {
      if (pairs[2 * at] != first) {
        if (first >= 0) mark(table, &left, 0);
        first = pairs[2 * at];
        find_row(batches, first, (uint32_t)parts, &left);
        mark(table, &left, 1);
      }
      found[at] = similarity(table, &left, &right[at - start], least);
    }
  }
  free(table);
  return 0;
}
