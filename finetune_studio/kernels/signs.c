/* signs.ascii_signs. */

#include "kernels.h"

/* Of each chosen text the places of bytes that `is_sign` names, but for hyphens between what `is_letter` names;
   how many there are. A byte may be read right before and right behind a text. */
EXPORT int64_t find_signs(const uint8_t *text, const int64_t *starts, const int64_t *ends, const uint8_t *chosen,
                          int64_t count, const uint8_t *is_sign, const uint8_t *is_letter, int64_t *places) {
  int64_t found = 0;
  for (int64_t each = 0; each < count; each++) {
    if (!chosen[each]) continue;
    for (int64_t at = starts[each]; at < ends[each]; at++) {
      if (!is_sign[text[at]]) continue;
      if (text[at] == '-' && at > 0 && is_letter[text[at - 1]] && is_letter[text[at + 1]]) continue;
      places[found++] = at;
    }
  }
  return found;
}
