/* Lines of the common shape, {"messages": [{"role": "...", "content": "..."}]}, read without making objects.
   What is not surely such a line, well written and of roles that are known, is left to the JSON reader. */

#include "kernels.h"

#define EACH 0x0101010101010101u

static const uint8_t *past_space(const uint8_t *at, const uint8_t *end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    at++;
  return at;
}

/* Behind a sign that white space may stand before; NULL, as all that follow, where it is not there. */
static const uint8_t *past_sign(const uint8_t *at, const uint8_t *end, uint8_t sign) {
  if (!at)
    return NULL;
  at = past_space(at, end);
  return at < end && *at == sign ? at + 1 : NULL;
}

/* Behind a name with its quote, of which the first one was before `at`. */
static const uint8_t *past_name(const uint8_t *at, const uint8_t *end, const char *name, int64_t length) {
  return at && end - at > length && !memcmp(at, name, (size_t)length) && at[length] == '"' ? at + length + 1 : NULL;
}

/* The bytes of the character that begins at `at` with more than one; 0 where it is not well formed. */
static int64_t length_of(const uint8_t *at, const uint8_t *end) {
  int64_t length = *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : 2;
  uint8_t least = *at == 0xe0 ? 0xa0 : *at == 0xf0 ? 0x90 : 0x80;
  uint8_t most = *at == 0xed ? 0x9f : *at == 0xf4 ? 0x8f : 0xbf;
  if (*at < 0xc2 || *at > 0xf4 || end - at < length || at[1] < least || at[1] > most)
    return 0;
  for (int64_t n = 2; n < length; n++)
    if ((at[n] & 0xc0) != 0x80)
      return 0;
  return length;
}

/* Four hexadecimal digits; -1 where they are not there. */
static int32_t hexadecimal(const uint8_t *at, const uint8_t *end) {
  int32_t found = 0;
  if (end - at < 4)
    return -1;
  for (int n = 0; n < 4; n++) {
    int digit = at[n], small = digit | 0x20;
    if (digit >= '0' && digit <= '9')
      found = found << 4 | (digit - '0');
    else if (small >= 'a' && small <= 'f')
      found = found << 4 | (small - 'a' + 10);
    else
      return -1;
  }
  return found;
}

static uint8_t *written(uint8_t *to, uint32_t point) {
  if (point < 0x80) {
    *to++ = (uint8_t)point;
  } else if (point < 0x800) {
    *to++ = (uint8_t)(0xc0 | point >> 6);
    *to++ = (uint8_t)(0x80 | (point & 0x3f));
  } else {
    if (point < 0x10000) {
      *to++ = (uint8_t)(0xe0 | point >> 12);
    } else {
      *to++ = (uint8_t)(0xf0 | point >> 18);
      *to++ = (uint8_t)(0x80 | (point >> 12 & 0x3f));
    }
    *to++ = (uint8_t)(0x80 | (point >> 6 & 0x3f));
    *to++ = (uint8_t)(0x80 | (point & 0x3f));
  }
  return to;
}

/* Behind an escape whose backslash was before `at`; what it means is written. */
static const uint8_t *past_escape(const uint8_t *at, const uint8_t *end, uint8_t **to) {
  static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *which;
  if (at >= end)
    return NULL;
  if (*at != 'u') {
    if (!*at || !(which = strchr(escapes, *at)))
      return NULL;
    *(*to)++ = (uint8_t)meant[which - escapes];
    return at + 1;
  }
  int32_t high = hexadecimal(at + 1, end), low;
  at += 5;
  if (high < 0 || (high >= 0xdc00 && high < 0xe000))
    return NULL;
  if (high < 0xd800 || high >= 0xe000) {
    *to = written(*to, (uint32_t)high);
    return at;
  }
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
    return NULL;
  low = hexadecimal(at + 2, end);
  if (low < 0xdc00 || low >= 0xe000)
    return NULL;
  *to = written(*to, 0x10000u + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00));
  return at + 6;
}

/* Behind a string of which the first quote was before `at`; its text is written. Up to eight bytes more may be
   written over. */
static const uint8_t *past_string(const uint8_t *at, const uint8_t *end, uint8_t **out) {
  uint8_t *to = *out;
  while (at && at < end) {
    while (end - at >= 8) {
      uint64_t held = eight(at, 8), quote = held ^ '"' * EACH, slash = held ^ '\\' * EACH;
      uint64_t special = held | ((held - 0x20 * EACH) & ~held) | ((quote - EACH) & ~quote) | ((slash - EACH) & ~slash);
      memcpy(to, at, 8);
      special &= 0x80 * EACH;
      int64_t plain = special ? first_byte(special) : 8;
      at += plain;
      to += plain;
      if (special)
        break;
    }
    if (at == end || *at < 0x20)
      return NULL;
    if (*at == '"') {
      *out = to;
      return at + 1;
    }
    if (*at == '\\') {
      at = past_escape(at + 1, end, &to);
    } else if (*at < 0x80) {
      *to++ = *at++;
    } else {
      int64_t length = length_of(at, end);
      if (!length)
        return NULL;
      for (int64_t n = 0; n < length; n++)
        *to++ = *at++;
    }
  }
  return NULL;
}

typedef struct {
  const uint8_t *roles; /* names, with a quote after each */
  int64_t roles_length;
  uint8_t *texts; /* what is written: texts with a mark after each */
  int64_t *starts, *ends;
  int8_t *codes; /* of the roles, by text */
} Plain;

/* Behind a role's name and its quote; in `code` its number. */
static const uint8_t *past_role(const uint8_t *at, const uint8_t *end, const Plain *plain, int8_t *code) {
  const uint8_t *name = plain->roles, *last = name + plain->roles_length, *quote;
  for (*code = 0; at && name < last; name = quote + 1, ++*code) {
    quote = memchr(name, '"', (size_t)(last - name));
    if (end - at > quote - name && !memcmp(at, name, (size_t)(quote - name) + 1))
      return at + (quote - name) + 1;
  }
  return NULL;
}

/* Behind a message, the n-th text of all, which is written from `out` on. */
static const uint8_t *past_message(const uint8_t *at, const uint8_t *end, const Plain *plain, int64_t n, uint8_t mark,
                                   uint8_t **out) {
  int has_role = 0, has_content = 0;
  at = past_sign(at, end, '{');
  for (int key = 0; at && key < 2; key++) {
    at = past_sign(key ? past_sign(at, end, ',') : at, end, '"');
    const uint8_t *role = past_name(at, end, "role", 4), *content = past_name(at, end, "content", 7);
    if (role && !has_role) {
      has_role = 1;
      at = past_role(past_sign(past_sign(role, end, ':'), end, '"'), end, plain, plain->codes + n);
    } else if (content && !has_content) {
      has_content = 1;
      plain->starts[n] = *out - plain->texts;
      at = past_string(past_sign(past_sign(content, end, ':'), end, '"'), end, out);
      plain->ends[n] = *out - plain->texts;
      *(*out)++ = mark;
    } else {
      return NULL;
    }
  }
  return past_sign(at, end, '}');
}

/* How many messages a line has, of which the first is the n-th text of all; 0 for a line that is left. */
static int64_t read_line(const uint8_t *at, const uint8_t *end, const Plain *plain, int64_t n, uint8_t mark,
                         uint8_t **out) {
  int64_t first = n;
  uint8_t *before = *out;
  at = past_name(past_sign(past_sign(at, end, '{'), end, '"'), end, "messages", 8);
  at = past_sign(past_sign(at, end, ':'), end, '[');
  for (const uint8_t *more = at; more; more = past_sign(at, end, ',')) {
    if (!(at = past_message(more, end, plain, n, mark, out)))
      break;
    n++;
  }
  at = past_sign(past_sign(at, end, ']'), end, '}');
  if (at && past_space(at, end) == end)
    return n - first;
  *out = before;
  return 0;
}

/* Reads the lines that stand in `joined` from each start to before the byte in front of the next, and writes how
   many messages each has, 0 where it is left. A line of n bytes has at the most n / 24 texts, which take no more
   than it, and eight bytes more. Returns the bytes of the texts. */
EXPORT int64_t read_plain(const uint8_t *joined, const int64_t *starts, int64_t lines, int64_t mark,
                          const Plain *plain, int64_t *counts) {
  uint8_t *out = plain->texts;
  int64_t texts = 0;
  for (int64_t line = 0; line < lines; line++) {
    counts[line] =
        read_line(joined + starts[line], joined + starts[line + 1] - 1, plain, texts, (uint8_t)mark, &out);
    texts += counts[line];
  }
  return out - plain->texts;
}
