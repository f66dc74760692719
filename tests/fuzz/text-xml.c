/* text-xml.c: any bytes as an XML file of a document */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "readers.h"

/* What has come out so far. */
typedef struct {
  GString *text;
  guint ends;
  guint32 outcome;
} Seen;

static gboolean
see_cb (MunTextFrameType type, gconstpointer head, gsize head_length, gconstpointer data,
        gsize length, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpuint (seen->ends, ==, 0);
  g_assert_cmpuint (head_length, ==, 0);
  if (type == MUN_TEXT_FRAME_END) {
    g_assert_cmpuint (length, ==, sizeof seen->outcome);
    memcpy (&seen->outcome, data, length);
    seen->ends++;
    return TRUE;
  }
  g_assert_cmpint (type, ==, MUN_TEXT_FRAME_TEXT);
  g_assert_cmpuint (length, >, 0);
  g_string_append_len (seen->text, data, length);
  return TRUE;
}

static int
read_cb (void *context, char *buffer, int length)
{
  FuzzInput *input = context;
  gsize n;
  const guint8 *run = fuzz_take_run (input, length, &n);

  memcpy (buffer, run, n);
  return n;
}

/* The first byte says which file it is. The text is whole characters, within its limit, and there
 * is one end. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  MunXmlContent content = fuzz_take (&input) % (MUN_XML_MANIFEST + 1);
  Seen seen = { g_string_new (NULL) };
  MunReply reply;

  mun_reply_init (&reply, see_cb, &seen);
  mun_reply_end (&reply, mun_read_xml (content, read_cb, &input, &reply));
  g_assert_cmpuint (seen.ends, ==, 1);
  g_assert_cmpuint (seen.outcome, <, MUN_TEXT_N_OUTCOMES);
  g_assert_cmpuint (seen.text->len, <=, MUN_TEXT_MAX_TEXT);
  g_assert_true (g_utf8_validate (seen.text->str, seen.text->len, NULL));
  if (content == MUN_XML_MANIFEST)
    g_assert_cmpuint (seen.text->len, ==, 0);
  mun_reply_clear (&reply);
  g_string_free (seen.text, TRUE);
  return 0;
}
