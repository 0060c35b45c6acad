/* Reading a vocabulary as tiktoken has it: lines of a token's bytes in base64, a space and its rank. */

#include "characters.h"
#include "pieces.h"
#include "vocabulary.h"

uint8_t CLASSES[POINTS + 1];

static void fill_classes(void) {
  const int64_t count = sizeof RUNS / sizeof *RUNS;
  for (int64_t n = 0; n < count; n++) {
    uint32_t first = RUNS[n] >> 8, next = n + 1 < count ? RUNS[n + 1] >> 8 : POINTS;
    memset(CLASSES + first, (int)(RUNS[n] & 255), next - first);
  }
}

/* The values of base64's letters; 64 for others. */
static void fill_values(uint8_t *values) {
  const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  memset(values, 64, 256);
  for (uint8_t n = 0; n < 64; n++)
    values[(uint8_t)letters[n]] = n;
}

/* Where the bytes of a token end that are written to `out`. */
static uint8_t *decoded(const uint8_t **at, const uint8_t *end, const uint8_t *values, uint8_t *out) {
  uint32_t held = 0;
  int bits = 0;
  for (; *at < end && values[**at] < 64; ++*at) {
    held = held << 6 | values[**at];
    bits += 6;
    if (bits >= 8)
      *out++ = (uint8_t)(held >> (bits -= 8));
  }
  while (*at < end && **at == '=')
    ++*at;
  return out;
}

/* 0 where the lines are not in the order of ranks from 0. */
static int read_tokens(Vocabulary *made, const uint8_t *at, const uint8_t *end) {
  uint8_t values[256], *out = made->bytes;
  fill_values(values);
  while (at < end) {
    uint8_t *token = out;
    int64_t rank = 0;
    made->starts[made->count] = (uint32_t)(out - made->bytes);
    out = decoded(&at, end, values, out);
    if (out == token || at >= end || *at != ' ')
      return 0;
    for (at++; at < end && *at >= '0' && *at <= '9'; at++)
      rank = rank * 10 + (*at - '0');
    if (rank != made->count || (at < end && *at != '\n'))
      return 0;
    at++;
    made->count++;
    if (out - token > made->longest)
      made->longest = out - token;
  }
  made->starts[made->count] = (uint32_t)(out - made->bytes);
  return 1;
}

static void place_tokens(Vocabulary *made) {
  for (int64_t pair = 0; pair < 65536; pair++)
    made->of_pairs[pair] = NO_RANK;
  for (int64_t rank = 0; rank < made->count; rank++) {
    const uint8_t *token = made->bytes + made->starts[rank];
    int64_t length = made->starts[rank + 1] - made->starts[rank];
    uint64_t hash = hash_of(token, length), place = hash & made->mask;
    while (made->places[place])
      place = (place + 1) & made->mask;
    made->places[place] = (hash >> 32 << 32) | (uint64_t)(rank + 1);
    if (length == 2)
      made->of_pairs[token[0] << 8 | token[1]] = (int32_t)rank;
  }
}

/* Without these some texts have no tokens. */
static int has_all_bytes(const Vocabulary *made) {
  int found = 1;
  for (int value = 0; value < 256; value++) {
    uint8_t byte = (uint8_t)value;
    found &= rank_of(made, &byte, 1) != NO_RANK;
  }
  return found;
}

static void let_go(Vocabulary *made) {
  if (made) {
    free(made->bytes);
    free(made->starts);
    free(made->places);
    free(made->of_pairs);
    free(made->known);
  }
  free(made);
}

/* The vocabulary in a file's bytes, as a number to give to those of tokens.c; it stays until the process
   ends. 0 where the file is not one, or there is no memory for it. */
EXPORT int64_t read_vocabulary(const uint8_t *file, int64_t size, int64_t is_cased) {
  int64_t lines = 1, places = 1024;
  for (const uint8_t *at = file; at < file + size && (at = memchr(at, '\n', (size_t)(file + size - at))); at++)
    lines++;
  while (places < 2 * lines)
    places *= 2;
  Vocabulary *made = calloc(1, sizeof *made);
  if (made && size < UINT32_MAX) {
    made->is_cased = is_cased;
    made->mask = (uint64_t)places - 1;
    made->bytes = malloc((size_t)size + 8);
    made->starts = malloc((size_t)(lines + 1) * sizeof *made->starts);
    made->places = calloc((size_t)places, sizeof *made->places);
    made->of_pairs = malloc(65536 * sizeof *made->of_pairs);
    made->known = calloc(KNOWN, sizeof *made->known);
    if (made->bytes && made->starts && made->places && made->of_pairs && made->known &&
        read_tokens(made, file, file + size)) {
      place_tokens(made);
      if (has_all_bytes(made)) {
        fill_classes();
        return (int64_t)(intptr_t)made;
      }
    }
  }
  let_go(made);
  return 0;
}
