/* Tokens of texts, as tiktoken counts them. */

#include "pieces.h"
#include "vocabulary.h"

#define UNKNOWN -1
#define NO_MEMORY -2

/* Whether all characters are of classes that are sure. */
static int is_sure(const uint8_t *at, const uint8_t *end) {
  const uint8_t *next;
  while (at < end) {
    uint64_t some = 0;
    while (end - at >= 8 && (memcpy(&some, at, 8), !(some & 0x8080808080808080u)))
      at += 8;
    if (at < end && class_at(at, end, &next) & UNSURE)
      return 0;
    at = at < end ? next : at;
  }
  return 1;
}

/* As merge_bytes counts; parts of up to 15 bytes are remembered. `end` is that of the memory. */
static int64_t count_piece(const Vocabulary *vocabulary, const uint8_t *at, int64_t length, const uint8_t *end) {
  uint8_t last[16] = {0};
  const uint8_t *whole = at;
  if (length == 1)
    return 1;
  if (length > 15)
    return merge_bytes(vocabulary, at, length, NULL);
  if (end - at < 16)
    whole = memcpy(last, at, (size_t)length);
  uint64_t low = eight(whole, length), high = length > 8 ? eight(whole + 8, length - 8) : 0;
  high |= (uint64_t)length << 56;
  Known *known = vocabulary->known + (mixed(low ^ high * STEP) >> 7 & (KNOWN - 1));
  if (known->low != low || known->high != high)
    *known = (Known){low, high, merge_bytes(vocabulary, at, length, NULL)};
  return known->tokens;
}

/* Of a whole text; -1 where it has characters that are newer than our classes, -2 where there is no memory. */
static int64_t count_text(const Vocabulary *with, const uint8_t *at, const uint8_t *end, const uint8_t *all) {
  const uint8_t *next;
  int64_t tokens = 0, more;
  if (!is_sure(at, end))
    return UNKNOWN;
  for (; at < end; at = next, tokens += more) {
    next = past_piece(at, end, (int)with->is_cased);
    if ((more = count_piece(with, at, next - at, all)) < 0)
      return NO_MEMORY;
  }
  return tokens;
}

/* How many tokens a text in UTF-8 has, as above. Not for several threads at once. */
EXPORT int64_t count_tokens(int64_t vocabulary, const uint8_t *text, int64_t length) {
  return count_text((const Vocabulary *)(intptr_t)vocabulary, text, text + length, text + length);
}

/* How many tokens each of the texts has that stand in UTF-8 with a byte `mark` after each that UTF-8 has not;
   as above. Returns the number of texts, -2 where there is no memory. Not for several threads at once. */
EXPORT int64_t count_texts(int64_t vocabulary, const uint8_t *joined, int64_t length, int64_t mark,
                           int64_t *counts) {
  const Vocabulary *with = (const Vocabulary *)(intptr_t)vocabulary;
  const uint8_t *at = joined, *all = joined + length, *end;
  int64_t texts = 0;
  for (; at < all && (end = memchr(at, (int)mark, (size_t)(all - at))); at = end + 1, texts++)
    if ((counts[texts] = count_text(with, at, end, all)) == NO_MEMORY)
      return NO_MEMORY;
  return texts;
}

/* The ranks of a text's tokens, at the most one for each byte. Returns their number, -1 where the text has
   characters that are newer than our classes, -2 where there is no memory. */
EXPORT int64_t encode_text(int64_t vocabulary, const uint8_t *text, int64_t length, int32_t *ranks) {
  const Vocabulary *with = (const Vocabulary *)(intptr_t)vocabulary;
  const uint8_t *at = text, *end = text + length, *next;
  int64_t found = 0, more;
  if (!is_sure(text, end))
    return UNKNOWN;
  for (; at < end; at = next, found += more) {
    next = past_piece(at, end, (int)with->is_cased);
    if ((more = merge_bytes(with, at, next - at, ranks + found)) < 0)
      return NO_MEMORY;
  }
  return found;
}
