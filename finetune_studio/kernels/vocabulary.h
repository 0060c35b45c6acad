/* The tokens of an encoding, and what finds the rank of one by its bytes. */

#ifndef FINETUNE_STUDIO_VOCABULARY_H
#define FINETUNE_STUDIO_VOCABULARY_H

#include "kernels.h"

#define NO_RANK INT32_MAX
#define KNOWN 65536 /* texts that are remembered */

/* A text of up to 15 bytes that was encoded before, with its length in the last byte, and its tokens. */
typedef struct {
  uint64_t low, high;
  int64_t tokens;
} Known;

typedef struct {
  int64_t is_cased;  /* the parts of texts are those of o200k_base, not of cl100k_base */
  int64_t count;
  int64_t longest;   /* bytes of a token */
  uint8_t *bytes;    /* of all tokens, one after the other, and eight more */
  uint32_t *starts;  /* of each, and the end */
  uint64_t mask;     /* places less one, a power of two less one */
  uint64_t *places;  /* rank + 1 in the low half, half of the hash in the high one; 0 where there is none */
  int32_t *of_pairs; /* ranks of two bytes, by the first times 256 and the second */
  Known *known;
} Vocabulary;

static inline uint64_t hash_of(const uint8_t *at, int64_t length) {
  uint64_t found = (uint64_t)length * STEP, part;
  for (; length >= 8; length -= 8, at += 8) {
    memcpy(&part, at, 8);
    found = mixed(found ^ part);
  }
  if (length >= 4) {
    uint32_t first, last;
    memcpy(&first, at, 4);
    memcpy(&last, at + length - 4, 4);
    return mixed(found ^ ((uint64_t)first << 32 | last));
  }
  for (part = 0; length > 0; length--, at++)
    part = part << 8 | *at;
  return mixed(found ^ part);
}

/* The rank of a token, NO_RANK where no token has these bytes. */
static inline int32_t rank_of(const Vocabulary *vocabulary, const uint8_t *at, int64_t length) {
  if (length == 2)
    return vocabulary->of_pairs[at[0] << 8 | at[1]];
  if (length > vocabulary->longest)
    return NO_RANK;
  uint64_t hash = hash_of(at, length), place = hash & vocabulary->mask, held;
  for (; (held = vocabulary->places[place]); place = (place + 1) & vocabulary->mask) {
    if ((held ^ hash) >> 32)
      continue;
    uint32_t rank = (uint32_t)held - 1, start = vocabulary->starts[rank];
    if (vocabulary->starts[rank + 1] - start == (uint64_t)length &&
        !memcmp(vocabulary->bytes + start, at, (size_t)length))
      return (int32_t)rank;
  }
  return NO_RANK;
}

/* How many tokens a part of a text has, of at least one byte; their ranks are written to `ranks` where it is
   not NULL. -1 where there is no memory for it. */
int64_t merge_bytes(const Vocabulary *vocabulary, const uint8_t *part, int64_t length, int32_t *ranks);

#endif
