/* hashing.hashes_in. */

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
