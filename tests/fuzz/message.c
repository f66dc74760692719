/* message.c: any bytes as a message, and everything that is asked of one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "address-names.h"
#include "html-text.h"
#include "message.h"
#include "part-walk.h"

static void
check_fields (MunMessage *message)
{
  const MunMessageFields *fields = mun_message_get_fields (message);
  const char *const texts[] = { fields->sender,
                                fields->recipients,
                                fields->subject,
                                fields->body,
                                fields->names,
                                fields->texts,
                                mun_message_get_from (message),
                                mun_message_get_to (message),
                                mun_message_get_cc (message),
                                mun_message_get_bcc (message),
                                mun_message_get_subject (message),
                                mun_message_get_message_id (message),
                                mun_message_get_text (message) };
  g_autofree char *names = mun_address_dup_names (fields->sender);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    fuzz_assert_text (texts[i]);
  fuzz_assert_text (names);
  g_assert_cmpuint (strlen (fields->sender), <=, MUN_LIMIT_ADDRESSES);
  g_assert_cmpuint (strlen (fields->recipients), <=, 3 * MUN_LIMIT_ADDRESSES + 2);
  g_assert_cmpuint (strlen (fields->names), <=, MUN_LIMIT_ADDRESSES);
  g_assert_cmpuint (strlen (fields->body), <=, MUN_LIMIT_BODY_TEXT);
  g_assert_cmpuint (strlen (fields->texts), <=, MUN_LIMIT_OTHER_TEXT);
  g_assert_null (strpbrk (fields->subject, "\r\n"));
  g_assert_true (mun_message_is_damaged (message)
                 == (mun_message_get_damage_note (message) != NULL));
}

static void
check_pieces (MunMessage *message, gsize size)
{
  GArray *pieces = mun_message_get_pieces (message);
  gsize end = 0;

  for (guint i = 0; i < pieces->len; i++) {
    const MunPiece *piece = &g_array_index (pieces, MunPiece, i);

    g_assert_cmpuint (piece->offset, >=, end);
    g_assert_cmpuint (piece->offset, <=, size);
    g_assert_cmpuint (piece->length, <=, size - piece->offset);
    g_assert_cmpuint (piece->length, >=, MUN_PIECE_MINIMUM);
    end = piece->offset + piece->length;
  }
}

static void
check_attachments (MunMessage *message)
{
  guint n = mun_message_get_n_attachments (message);

  g_assert_cmpuint (n, <=, MUN_LIMIT_PARTS);
  for (guint i = 0; i < n; i++) {
    const MunAttachment *attachment = mun_message_get_attachment (message, i);
    g_autoptr (GBytes) bytes = mun_message_dup_attachment (message, i);

    fuzz_assert_text (attachment->name);
    fuzz_assert_text (attachment->type);
    g_assert_nonnull (bytes);
    if (attachment->content_id != NULL) {
      int first = mun_message_find_content_id (message, attachment->content_id);

      fuzz_assert_text (attachment->content_id);
      g_assert_cmpint (first, >=, 0);
      g_assert_cmpint (first, <=, i);
    }
    if (!attachment->is_inline)
      g_assert_true (mun_message_has_attachments (message));
  }
}

/* A limit cuts the text, and changes nothing before the cut. */
static void
check_html (const char *html)
{
  g_autofree char *all = mun_html_to_text (html, MUN_LIMIT_BODY_TEXT);

  fuzz_assert_text (html);
  fuzz_assert_text (all);
  for (gsize limit = 1; limit < 200; limit = limit * 2 + 1) {
    g_autofree char *some = mun_html_to_text (html, limit);

    fuzz_assert_text (some);
    g_assert_cmpuint (strlen (some), <=, limit);
    g_assert_true (g_str_has_prefix (all, some));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) raw = g_bytes_new (data, size);
  g_autoptr (MunMessage) message = mun_message_parse (raw);
  g_autofree char *charset = mun_html_sniff_charset ((const char *)data, size);

  g_assert_true (mun_message_get_raw (message) == raw);
  check_fields (message);
  check_pieces (message, size);
  check_attachments (message);
  if (mun_message_get_html (message) != NULL)
    check_html (mun_message_get_html (message));
  mun_message_drop_parts (message);
  check_fields (message);
  check_pieces (message, size);
  g_assert_cmpuint (mun_message_get_n_attachments (message), ==, 0);
  return 0;
}
