/* Byte pair encoding: of all neighbours that together are a token, those of the lowest rank become one, the
   first of them first, until there are no such neighbours. */

#include "vocabulary.h"

#define SHORT 128

/* The rank of what two neighbours make, which end at `end`. */
static int32_t rank_from(const Vocabulary *vocabulary, const uint8_t *part, int64_t start, int64_t end) {
  return rank_of(vocabulary, part + start, end - start);
}

/* Of up to SHORT bytes: looks through all neighbours for each merge. */
static int64_t merge_short(const Vocabulary *vocabulary, const uint8_t *part, int64_t length, int32_t *ranks) {
  int32_t made[SHORT]; /* by each with the next */
  uint8_t starts[SHORT + 1];
  int64_t count = length;
  for (int64_t n = 0; n < length; n++) {
    starts[n] = (uint8_t)n;
    made[n] = n + 1 < length ? vocabulary->of_pairs[part[n] << 8 | part[n + 1]] : NO_RANK;
  }
  starts[length] = (uint8_t)length;
  for (;;) {
    int64_t best = 0;
    for (int64_t n = 1; n < count; n++)
      if (made[n] < made[best])
        best = n;
    if (made[best] == NO_RANK)
      break;
    int64_t behind = count - best - 2;
    memmove(starts + best + 1, starts + best + 2, (size_t)behind + 1);
    memmove(made + best + 1, made + best + 2, (size_t)behind * sizeof *made);
    count--;
    made[best] = best + 1 < count ? rank_from(vocabulary, part, starts[best], starts[best + 2]) : NO_RANK;
    if (best > 0)
      made[best - 1] = rank_from(vocabulary, part, starts[best - 1], starts[best + 1]);
  }
  for (int64_t n = 0; ranks && n < count; n++)
    ranks[n] = rank_from(vocabulary, part, starts[n], starts[n + 1]);
  return count;
}

/* A heap of ranks times 2 to the 32nd and places: the lowest is the first. */
typedef struct {
  uint64_t *held;
  int64_t count;
} Heap;

static void push(Heap *heap, uint64_t value) {
  int64_t at = heap->count++;
  for (; at > 0 && heap->held[(at - 1) / 2] > value; at = (at - 1) / 2)
    heap->held[at] = heap->held[(at - 1) / 2];
  heap->held[at] = value;
}

static uint64_t pop(Heap *heap) {
  uint64_t found = heap->held[0], last = heap->held[--heap->count];
  int64_t at = 0, child;
  while ((child = 2 * at + 1) < heap->count) {
    if (child + 1 < heap->count && heap->held[child + 1] < heap->held[child])
      child++;
    if (heap->held[child] >= last)
      break;
    heap->held[at] = heap->held[child];
    at = child;
  }
  heap->held[at] = last;
  return found;
}

typedef struct {
  uint32_t next, before;
  int32_t made; /* with the next */
} Link;

static void renew(const Vocabulary *vocabulary, const uint8_t *part, int64_t length, Link *links, uint32_t at,
                  Heap *heap) {
  uint32_t next = links[at].next;
  links[at].made = next < length ? rank_from(vocabulary, part, at, links[next].next) : NO_RANK;
  if (links[at].made != NO_RANK)
    push(heap, (uint64_t)links[at].made << 32 | at);
}

static int64_t merge_long(const Vocabulary *vocabulary, const uint8_t *part, int64_t length, int32_t *ranks) {
  if (length >= UINT32_MAX / 4)
    return -1;
  Link *links = malloc((size_t)length * sizeof *links);
  Heap heap = {malloc(3 * (size_t)length * sizeof *heap.held), 0};
  int64_t count = links && heap.held ? length : -1;
  for (uint32_t n = 0; count > 0 && n < length; n++)
    links[n] = (Link){n + 1, n - 1, NO_RANK};
  for (uint32_t n = 0; count > 0 && n < length; n++)
    renew(vocabulary, part, length, links, n, &heap);
  while (count > 0 && heap.count) {
    uint64_t best = pop(&heap);
    uint32_t at = (uint32_t)best, next = links[at].next;
    if (links[at].made != (int32_t)(best >> 32))
      continue;
    links[next].made = NO_RANK;
    links[at].next = links[next].next;
    if (links[at].next < length)
      links[links[at].next].before = at;
    count--;
    renew(vocabulary, part, length, links, at, &heap);
    if (at > 0)
      renew(vocabulary, part, length, links, links[at].before, &heap);
  }
  for (uint32_t at = 0; count > 0 && ranks && at < length; at = links[at].next)
    *ranks++ = rank_from(vocabulary, part, at, links[at].next);
  free(links);
  free(heap.held);
  return count;
}

int64_t merge_bytes(const Vocabulary *vocabulary, const uint8_t *part, int64_t length, int32_t *ranks) {
  if (length > 1) {
    int32_t whole = rank_of(vocabulary, part, length);
    if (whole == NO_RANK)
      return (length <= SHORT ? merge_short : merge_long)(vocabulary, part, length, ranks);
    if (ranks)
      *ranks = whole;
  } else if (ranks) {
    *ranks = rank_of(vocabulary, part, length);
  }
  return 1;
}
