/* The parts in which a text is encoded: those of the expressions in tiktoken_ext/openai_public.py. */

#ifndef FINETUNE_STUDIO_PIECES_H
#define FINETUNE_STUDIO_PIECES_H

#include "characters.h"
#include "kernels.h"

#define POINTS 0x110000
#define LETTER (UPPER | LOWER | OTHER_LETTER)
#define UPPERS (UPPER | OTHER_LETTER | MARK)
#define LOWERS (LOWER | OTHER_LETTER | MARK)
#define BLANK (SPACE | LINE)

/* Classes by code point, filled when a vocabulary is read; the last is that of bytes that are not UTF-8. */
extern uint8_t CLASSES[POINTS + 1];

/* The class of the character at `at`, which is before `end`, and in `next` where the one after it begins. */
static inline int class_at(const uint8_t *at, const uint8_t *end, const uint8_t **next) {
  uint32_t first = *at, point;
  if (first < 0x80) {
    *next = at + 1;
    return CLASSES[first];
  }
  int64_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (end - at < length || first < 0xc0) {
    *next = at + 1;
    return CLASSES[POINTS];
  }
  *next = at + length;
  if (length == 2)
    point = (first & 0x1f) << 6 | (at[1] & 0x3f);
  else if (length == 3)
    point = (first & 0xf) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3f);
  else
    point = (first & 7) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3f);
  return CLASSES[point < POINTS ? point : POINTS];
}

/* Where the characters of some classes end. */
static inline const uint8_t *past(const uint8_t *at, const uint8_t *end, int classes) {
  const uint8_t *next;
  while (at < end && class_at(at, end, &next) & classes)
    at = next;
  return at;
}

/* Where a contraction ends that begins here, such as 's or 'LL; `at` itself where none does. */
static inline const uint8_t *past_contraction(const uint8_t *at, const uint8_t *end) {
  if (end - at < 2 || *at != '\'')
    return at;
  int first = at[1] | 0x20, second = end - at > 2 ? at[2] | 0x20 : 0;
  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return at + 2;
  if (end - at > 2 && at[1] == 0xc5 && at[2] == 0xbf) /* U+017F, a long s */
    return at + 3;
  int is_long = (first == 'l' && second == 'l') || ((first == 'r' || first == 'v') && second == 'e');
  return is_long ? at + 3 : at;
}

/* Where [upper]*[lower]+ ends that begins at `at`, or `at` itself; in `uppers` where [upper]* does.
   Letters that are neither, and marks, count as both. */
static inline const uint8_t *past_lower(const uint8_t *at, const uint8_t *end, const uint8_t **uppers) {
  const uint8_t *both = at, *next;
  int class;
  while (at < end && (class = class_at(at, end, &next)) & UPPERS) {
    at = next;
    if (class & LOWERS)
      both = at;
  }
  *uppers = at;
  const uint8_t *last = past(at, end, LOWERS);
  return last > at ? last : both;
}

/* A word of o200k_base, with what may stand before it and after it; `at` where none begins here. */
static inline const uint8_t *past_cased_word(const uint8_t *at, const uint8_t *end, int class,
                                             const uint8_t *next) {
  const uint8_t *uppers, *start = class & (LETTER | NUMBER | LINE) ? at : next;
  const uint8_t *last = past_lower(start, end, &uppers);
  if (last == start && class & MARK)
    return past_contraction(past_lower(at, end, &uppers), end);
  if (last == start)
    last = uppers;
  return last == start ? at : past_contraction(last, end);
}

/* As above, of cl100k_base. */
static inline const uint8_t *past_plain_word(const uint8_t *at, const uint8_t *end, int class,
                                             const uint8_t *next) {
  const uint8_t *last = past_contraction(at, end);
  if (last > at || class & (NUMBER | LINE))
    return last;
  const uint8_t *start = class & LETTER ? at : next;
  last = past(start, end, LETTER);
  return last == start ? at : last;
}

/* Of white space, which begins here. */
static inline const uint8_t *past_blank(const uint8_t *at, const uint8_t *end, int is_cased) {
  const uint8_t *line = NULL, *last = at, *next;
  int class;
  while (at < end && (class = class_at(at, end, &next)) & BLANK) {
    last = at;
    at = next;
    if (class & LINE)
      line = at;
  }
  if (at == end && !is_cased)
    return at;
  if (line)
    return line;
  return at == end ? at : last; /* the last one belongs to what follows */
}

/* Where small letters of ASCII end, or with `fold` 0x20 in each byte, letters: eight at once. */
static inline const uint8_t *past_ascii(const uint8_t *at, const uint8_t *end, uint64_t fold) {
  const uint64_t ones = 0x0101010101010101u, tops = 0x80 * ones;
  for (; end - at >= 8; at += 8) {
    uint64_t held = eight(at, 8), low = (held | fold) & ~tops;
    uint64_t others = (~(low + (0x80 - 'a') * ones) | (low + (0x7f - 'z') * ones) | held) & tops;
    if (others)
      return at + first_byte(others);
  }
  while (at < end && (*at | (fold & 0x20)) >= 'a' && (*at | (fold & 0x20)) <= 'z')
    at++;
  return at;
}

/* The end of a word of ASCII, or of a blank and one, that nothing may follow which belongs to it: most parts
   are these. NULL for all others. */
static inline const uint8_t *past_simple_word(const uint8_t *at, const uint8_t *end, int is_cased) {
  const uint8_t *start = at + (*at == ' '), *last;
  if (start >= end || (uint8_t)((*start | 0x20) - 'a') > 'z' - 'a')
    return NULL;
  last = past_ascii(start + 1, end, is_cased ? 0 : 0x2020202020202020u);
  if (last == end || (*last < 0x80 && *last != '\'' && (last > start + 1 || !(CLASSES[*last] & LETTER))))
    return last;
  return NULL;
}

/* Where the part ends that begins at `at`, which is before `end`. */
static inline const uint8_t *past_piece(const uint8_t *at, const uint8_t *end, int is_cased) {
  const uint8_t *second, *next, *last = past_simple_word(at, end, is_cased);
  if (last)
    return last;
  int class = class_at(at, end, &second);
  if (!class && second < end && *second == ' ')
    return second; /* such as a comma */
  last = is_cased ? past_cased_word(at, end, class, second) : past_plain_word(at, end, class, second);
  if (last > at)
    return last;
  if (class & NUMBER) {
    last = second;
    for (int n = 1; n < 3 && last < end && class_at(last, end, &next) & NUMBER; n++)
      last = next;
    return last;
  }
  const uint8_t *start = at + (*at == ' ');
  last = start;
  while (last < end && !(class_at(last, end, &next) & (LETTER | NUMBER | BLANK)))
    last = next;
  if (last > start) {
    while (last < end && (*last == '\r' || *last == '\n' || (is_cased && *last == '/')))
      last++;
    return last;
  }
  last = past_blank(at, end, is_cased);
  return last > at ? last : second;
}

#endif
