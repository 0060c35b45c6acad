/* double_keys.keys_written. */

#include "kernels.h"

static int is_blank(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

/* Whether a quote that is not escaped stands before the white space before a colon. */
static int is_after_key(const uint8_t *text, int64_t colon) {
  int64_t quote = colon - 1, start;
  while (quote >= 0 && is_blank(text[quote])) quote--;
  if (quote < 0 || text[quote] != '"') return 0;
  for (start = quote; start > 0 && text[start - 1] == '\\'; start--) {
  }
  return (quote - start) % 2 == 0;
}

/* Of each line, from its start to the next one's, the keys that end without white space before the colon, and
   whether another one may. */
EXPORT int64_t count_keys(const uint8_t *text, const int64_t *starts, int64_t count, int64_t *written,
                          uint8_t *is_unsure) {
  for (int64_t line = 0; line < count; line++) {
    const uint8_t *at = text + starts[line], *end = text + starts[line + 1];
    int64_t keys = 0;
    uint8_t unsure = 0;
    for (; at < end && (at = memchr(at, ':', (size_t)(end - at))); at++) {
      int64_t colon = at - text;
      if (colon <= 2) continue;
      if (at[-1] == '"') {
        if (at[-2] != '\\') keys++;
        else if (at[-3] == '\\') unsure = 1;
      } else if (is_blank(at[-1]) && is_after_key(text, colon)) {
        unsure = 1;
      }
    }
    written[line] = keys;
    is_unsure[line] = unsure;
  }
  return 0;
}
