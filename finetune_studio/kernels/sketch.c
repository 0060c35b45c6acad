/* sketches._sketch: words, shingles, prints, band keys and hashes of each document. */

#include "kernels.h"

enum { USER, OTHER, ANSWER, SYSTEM, SHORT, AGAIN, PARTS };

#define LONGEST 64
#define MOST_PRINTS 512
#define MOST_LEVEL 12
#define VALUE_BITS 25
#define VALUE_MASK ((1u << VALUE_BITS) - 1)
#define EMPTY 0xFFFFFFFFu
#define MOST_BINS 128
#define F0 0xD6E8FEB86659FD93u
#define F1 0xA0761D6478BD642Fu
#define F2 0xE7037ED1A0B428DBu

/* minhash.Banding and the tables that go with it. */
struct banding {
  int64_t bins, bands, rows, throws, rounds, attempts;
  const uint64_t *factors, *row_factors;
  const int64_t *lenders;
};

struct texts {
  const uint8_t *folded;
  const int64_t *starts, *ends, *breaks;
  int64_t n_breaks;
  const uint8_t *part;
  const uint64_t *role_hash;
};

struct found {
  uint8_t *levels;
  uint16_t *kept, *prints;
  uint32_t *whole_bands, *question_bands;
  uint64_t *whole_hash, *question_hash, *context_hash, *reply_hash, *numbers_hash;
};

/* Of one document: its words and the text of each, the values and keys of its shingles, the values of those that
   are compared where questions are, and the keys of short questions, with room for more. */
struct document {
  uint64_t *words, *values, *asked;
  int32_t *text_of;
  uint32_t *keys, *short_keys;
  int64_t room, n_words, n_values, n_asked, n_short;
  uint64_t context, reply, numbers;
};

/* Bytes before the first 0; reads eight at a time. */
static inline int64_t word_length(const uint8_t *word) {
  for (int64_t length = 0;; length += 8) {
    uint64_t bytes = eight(word + length, 8);
    uint64_t zero = (bytes - 0x0101010101010101u) & ~bytes & 0x8080808080808080u;
    if (zero) return length + (__builtin_ctzll(zero) >> 3);
  }
}

static uint64_t word_hash(const uint8_t *word, int64_t length) {
  uint64_t found = eight(word, length) * STEP;
  found ^= found >> 32;
  if (length > 8) {
    found += (uint64_t)length;
    for (int64_t taken = 8; taken < LONGEST && taken < length; taken += 8)
      found = mixed((found * MIX) ^ (eight(word + taken, length - taken) * STEP));
  }
  return found;
}

static uint64_t short_value(const uint64_t *words, int64_t count) {
  return mixed(count == 2 ? words[0] * F0 + words[1] * F1 : words[0] * F0);
}

static uint64_t sum(const uint64_t *values, int64_t count) {
  uint64_t total = 0;
  for (int64_t n = 0; n < count; n++) total += values[n];
  return total;
}

static void throw_into(uint32_t *table, int shift, uint32_t thrown, uint32_t mark) {
  uint32_t kept = (thrown & VALUE_MASK) | mark;
  uint32_t *bin = table + (thrown >> shift), before = *bin;
  *bin = kept < before ? kept : before;
}

/* minhash.band_keys of one set; the keys of its bands stand `apart`. */
static void band_keys(const uint64_t *values, int64_t count, const struct banding *banding, uint32_t *keys,
                      int64_t apart) {
  uint32_t table[MOST_BINS], lent[MOST_BINS];
  int64_t bins = banding->bins;
  int shift = 32;
  if (!count) {
    for (int64_t band = 0; band < banding->bands; band++) keys[band * apart] = 0;
    return;
  }
  for (int64_t n = bins; n > 1; n >>= 1) shift--;
  memset(table, 0xFF, sizeof table);
  for (int64_t n = 0; n < count; n++) {
    throw_into(table, shift, (uint32_t)values[n], 0);
    throw_into(table, shift, (uint32_t)(values[n] >> 32), 1u << VALUE_BITS);
  }
  int64_t rounds = (banding->throws + count - 1) / count;
  if (rounds > banding->rounds) rounds = banding->rounds;
  for (int64_t round = 2; round < rounds; round++)
    for (int64_t n = 0; n < count; n++)
      throw_into(table, shift, (uint32_t)((values[n] * banding->factors[round]) >> 32),
                 (uint32_t)round << VALUE_BITS);
  for (int64_t bin = 0; bin < bins; bin++) {
    lent[bin] = table[bin];
    for (int64_t n = 0; n < banding->attempts && lent[bin] == EMPTY; n++)
      lent[bin] = table[banding->lenders[n * bins + bin]];
  }
  for (int64_t band = 0; band < banding->bands; band++) {
    uint64_t key = 0;
    for (int64_t row = 0; row < banding->rows; row++)
      key += lent[band * banding->rows + row] * banding->row_factors[row];
    uint32_t own = (uint32_t)(mixed(key) >> 32);
    keys[band * apart] = own ? own : 1;
  }
}

/* Ascending by the 16 bits above the part. */
static void sort_keys(uint32_t *keys, uint32_t *other, int64_t count) {
  if (count < 24) {
    for (int64_t n = 1; n < count; n++) {
      uint32_t key = keys[n];
      int64_t at = n;
      for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
      keys[at] = key;
    }
    return;
  }
  uint32_t low[256] = {0}, high[256] = {0}, low_sum = 0, high_sum = 0;
  for (int64_t n = 0; n < count; n++) {
    low[(keys[n] >> 3) & 0xFF]++;
    high[keys[n] >> 11]++;
  }
  for (int n = 0; n < 256; n++) {
    uint32_t own = low[n];
    low[n] = low_sum;
    low_sum += own;
    own = high[n];
    high[n] = high_sum;
    high_sum += own;
  }
  for (int64_t n = 0; n < count; n++) other[low[(keys[n] >> 3) & 0xFF]++] = keys[n];
  for (int64_t n = 0; n < count; n++) keys[high[other[n] >> 11]++] = other[n];
}

static int level_of(int64_t count) {
  int level = 0;
  while (level < MOST_LEVEL && count > ((int64_t)MOST_PRINTS << level)) level++;
  return level;
}

/* Distinct prints by part, ascending; gives the end of what was written. */
static uint16_t *distinct_prints(uint32_t *keys, uint32_t *other, int64_t count, int64_t n_short,
                                 uint16_t *prints, uint8_t *levels, uint16_t *kept) {
  /* keys: `count` of the whole, then `n_short` of short questions. */
  int64_t counts[PARTS] = {0}, ends[PARTS];
  sort_keys(keys, other, count);
  sort_keys(keys + count, other + count, n_short);
  int64_t written = 0;
  for (int64_t n = 0; n < count + n_short;) {
    uint32_t print = keys[n] >> 3, mask = 0;
    int64_t limit = n < count ? count : count + n_short;
    for (; n < limit && keys[n] >> 3 == print; n++) mask |= 1u << (keys[n] & 7);
    uint32_t first = (uint32_t)__builtin_ctz(mask);
    counts[first]++;
    other[written++] = print << 3 | first;
    if (first < ANSWER && mask >> ANSWER & 1) {
      counts[AGAIN]++;
      other[written++] = print << 3 | AGAIN;
    }
  }
  uint32_t thinned[PARTS], any = 0;
  for (int part = 0; part < PARTS; part++) {
    levels[part] = (uint8_t)level_of(counts[part]);
    thinned[part] = (1u << levels[part]) - 1;
    any |= thinned[part];
  }
  if (any) {
    int64_t left = 0;
    for (int64_t n = 0; n < written; n++) {
      int is_gone = (other[n] >> 3 & thinned[other[n] & 7]) != 0;
      counts[other[n] & 7] -= is_gone;
      other[left] = other[n];
      left += !is_gone;
    }
    written = left;
  }
  for (int64_t part = 0, total = 0; part < PARTS; part++) {
    ends[part] = total;
    total += counts[part];
    kept[part] = (uint16_t)counts[part];
  }
  for (int64_t n = 0; n < written; n++) prints[ends[other[n] & 7]++] = (uint16_t)(other[n] >> 3);
  return prints + ends[AGAIN];
}

static int make_room(struct document *own, int64_t words) {
  if (words <= own->room) return 1;
  int64_t room = words + words / 2 + 1024;
  void *grown;
#define GROW(member, n)                                             \
  grown = realloc(own->member, sizeof *own->member * (size_t)(n)); \
  if (!grown) return 0;                                             \
  own->member = grown
  GROW(words, room);
  GROW(values, room);
  GROW(asked, room);
  GROW(text_of, room);
  GROW(keys, 2 * room);
  GROW(short_keys, 2 * room); /* sorting uses it too */
#undef GROW
  own->room = room;
  return 1;
}

static void free_room(struct document *own) {
  free(own->words);
  free(own->values);
  free(own->asked);
  free(own->text_of);
  free(own->keys);
  free(own->short_keys);
}

/* The words of a text, and what is hashed of them; `next_break` is that of the first break behind the text. */
static uint64_t read_text(struct document *own, const struct texts *texts, int64_t text, int64_t number,
                          int64_t *next_break) {
  const uint8_t *folded = texts->folded;
  int64_t at = texts->starts[text], end = texts->ends[text], of_text = 0, next = *next_break;
  uint8_t part = texts->part[text];
  uint64_t text_hash = 0;
  for (;;) {
    while (at < end && !folded[at]) at++;
    if (at >= end) break;
    int64_t begin = at++;
    while (next < texts->n_breaks && texts->breaks[next] <= begin) next++;
    int64_t stop = next < texts->n_breaks && texts->breaks[next] < end ? texts->breaks[next] : end;
    at += word_length(folded + at);
    if (at > stop) at = stop;
    uint64_t hash = word_hash(folded + begin, at - begin);
    if (part == USER && (uint8_t)(folded[begin] - '0') < 10) own->numbers += mixed(hash);
    text_hash += mixed((uint64_t)of_text++ * STEP + hash);
    own->words[own->n_words] = hash;
    own->text_of[own->n_words++] = (int32_t)number;
  }
  if (part == USER && of_text && of_text < 3) {
    uint64_t value = short_value(own->words + own->n_words - of_text, of_text);
    own->short_keys[own->n_short++] = (uint32_t)(value >> 48) << 3 | SHORT;
    own->asked[own->n_asked++] = value;
  }
  *next_break = next;
  return text_hash;
}

static void add_shingle(struct document *own, uint64_t value, uint8_t part) {
  if (part == USER) own->asked[own->n_asked++] = value;
  own->keys[own->n_values] = (uint32_t)(value >> 48) << 3 | part;
  own->values[own->n_values++] = value;
}

/* Of each three words in a row, or of all where there are less; `part_of` is by text. */
static void make_shingles(struct document *own, const uint8_t *part_of) {
  const uint64_t *words = own->words;
  const int32_t *text_of = own->text_of;
  for (int64_t n = 2; n < own->n_words; n++) {
    uint8_t part = part_of[text_of[n]];
    if (text_of[n] != text_of[n - 2]) {
      int is_system = part == SYSTEM || part_of[text_of[n - 1]] == SYSTEM || part_of[text_of[n - 2]] == SYSTEM;
      part = is_system ? SYSTEM : OTHER;
    }
    add_shingle(own, mixed(words[n - 2] * F0 + words[n - 1] * F1 + words[n] * F2), part);
  }
  if (own->n_words && own->n_words < 3) add_shingle(own, short_value(words, own->n_words), OTHER);
}

/* Of `documents` with `counts` texts each; `last` is the text of each document's last answer, -1 for none.
   Gives how many prints were written, -1 where memory ran out. */
EXPORT int64_t sketch_documents(const struct texts *texts, const int64_t *counts, const int64_t *last,
                                int64_t documents, const struct banding *whole_banding,
                                const struct banding *question_banding, struct found *found) {
  struct document own = {0};
  uint16_t *prints = found->prints;
  int64_t first = 0, next_break = 0;
  for (int64_t n = 0; n < documents; first += counts[n++]) {
    int64_t bytes = counts[n] ? texts->ends[first + counts[n] - 1] - texts->starts[first] : 0;
    if (!make_room(&own, bytes + 1)) {
      free_room(&own);
      return -1;
    }
    own.n_words = own.n_values = own.n_asked = own.n_short = 0;
    own.context = own.reply = own.numbers = 0;
    for (int64_t number = 0, text = first; number < counts[n]; number++, text++) {
      uint64_t hash = read_text(&own, texts, text, number, &next_break);
      if (text < last[n]) own.context += mixed(hash + texts->role_hash[text] + mixed((uint64_t)number + 1));
      if (text == last[n]) own.reply = hash;
    }
    make_shingles(&own, texts->part + first);
    memcpy(own.keys + own.n_values, own.short_keys, sizeof *own.keys * (size_t)own.n_short);
    prints = distinct_prints(own.keys, own.short_keys, own.n_values, own.n_short, prints,
                             found->levels + n * PARTS, found->kept + n * PARTS);
    band_keys(own.values, own.n_values, whole_banding, found->whole_bands + n, documents);
    band_keys(own.asked, own.n_asked, question_banding, found->question_bands + n, documents);
    found->whole_hash[n] = sum(own.values, own.n_values);
    found->question_hash[n] = sum(own.asked, own.n_asked);
    found->context_hash[n] = own.context;
    found->reply_hash[n] = own.reply;
    found->numbers_hash[n] = own.numbers;
  }
  free_room(&own);
  return prints - found->prints;
}
