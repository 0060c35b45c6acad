/* What the kernels share. Each does what a function of Python does, bit by bit; that one is the reference, and
   is used where nothing was compiled: of numpy, for tokens of tiktoken, for plain lines of orjson. */

#ifndef FINETUNE_STUDIO_KERNELS_H
#define FINETUNE_STUDIO_KERNELS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#ifndef KERNELS_DIGEST /* of the sources, see sources.py */
#define KERNELS_DIGEST 0
#endif

#define STEP 0x9E3779B97F4A7C15u
#define MIX 0xBF58476D1CE4E5B9u

/* Every bit of a value spread over all (the end of splitmix64). */
static inline uint64_t mixed(uint64_t value) {
  value = (value ^ (value >> 31)) * MIX;
  return value ^ (value >> 29);
}

/* Up to eight bytes as a little-endian number; reads eight. */
static inline uint64_t eight(const uint8_t *bytes, int64_t count) {
  uint64_t found;
  memcpy(&found, bytes, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  found = __builtin_bswap64(found);
#endif
  return count >= 8 ? found : found & ((1ull << (8 * count)) - 1);
}

/* Which of eight bytes, as `eight` reads them, is the first with a bit; some bit must be set. */
static inline int64_t first_byte(uint64_t value) {
#if defined(__GNUC__)
  return __builtin_ctzll(value) / 8;
#else
  int64_t found = 0;
  for (; !(value & 255); value >>= 8)
    found++;
  return found;
#endif
}

#endif
