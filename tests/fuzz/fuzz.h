/* fuzz.h: what the fuzz targets share; each is one file with one LLVMFuzzerTestOneInput() */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A target takes any bytes, hands them to a parser of outside data, and asserts what must hold for
 * all of them. libFuzzer drives it (tests/fuzz/run); replay.c runs it once over each file of its
 * corpus in the ordinary tests. A case that was found goes into corpus/<target>/ under a name that
 * says what it was.
 */
#pragma once

#include <glib.h>
#include <string.h>

/* The entry point, by the name that libFuzzer wants. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Bytes of the input, taken from the front, that steer a target. */
typedef struct {
  const guint8 *data;
  gsize left;
} FuzzInput;

/* fuzz_take: 0 when nothing is left. */
static inline guint8
fuzz_take (FuzzInput *input)
{
  if (input->left == 0)
    return 0;
  input->left--;
  return *input->data++;
}

static inline guint32
fuzz_take32 (FuzzInput *input)
{
  guint32 value = fuzz_take (input);

  value |= (guint32)fuzz_take (input) << 8;
  value |= (guint32)fuzz_take (input) << 16;
  return value | (guint32)fuzz_take (input) << 24;
}

/* fuzz_take_run: up to @most bytes; @length: how many there were. */
static inline const guint8 *
fuzz_take_run (FuzzInput *input, gsize most, gsize *length)
{
  const guint8 *run = input->data;

  *length = MIN (most, input->left);
  input->data += *length;
  input->left -= *length;
  return run;
}

/* A text of the parsers: never NULL, valid UTF-8. */
static inline void
fuzz_assert_text (const char *text)
{
  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
}
