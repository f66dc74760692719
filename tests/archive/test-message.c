/* test-message.c: odd mail is read without harm */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "address-names.h"
#include "message.h"

#include <string.h>

static MunMessage *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return mun_message_parse (bytes);
}

static MunMessage *
parse_string (GString *text)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);

  return mun_message_parse (bytes);
}

static void
test_plain (void)
{
  g_autoptr (MunMessage) message
      = parse ("From: =?utf-8?q?J=C3=BCrgen?= <Juergen@Example.COM>\r\n"
               "To: a@example.com, \"B, C\" <b@example.com>\r\nCc: c@example.com\r\n"
               "Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n"
               "Message-ID: <1@example.com>\r\nX-Priority: 1 (Highest)\r\n\r\nHello world\r\n");
  const char *const *addresses = mun_message_get_addresses (message);

  g_assert_cmpstr (mun_message_get_subject (message), ==, "Grüße");
  g_assert_cmpstr (mun_message_get_from (message), ==, "Jürgen <Juergen@Example.COM>");
  g_assert_nonnull (strstr (mun_message_get_to (message), "b@example.com"));
  g_assert_cmpstr (mun_message_get_cc (message), ==, "c@example.com");
  g_assert_cmpstr (mun_message_get_message_id (message), ==, "1@example.com");
  g_assert_cmpint (mun_message_get_date (message), ==, 1795510800);
  g_assert_cmpint (mun_message_get_priority (message), ==, MUN_PRIORITY_HIGH);
  g_assert_cmpstr (mun_message_get_text (message), ==, "Hello world\r\n");
  g_assert_null (mun_message_get_html (message));
  g_assert_false (mun_message_has_attachments (message));
  g_assert_false (mun_message_is_damaged (message));
  g_assert_cmpuint (g_strv_length ((GStrv)addresses), ==, 4);
  g_assert_true (g_strv_contains (addresses, "juergen@example.com"));
  g_assert_true (g_str_has_prefix (mun_message_get_headers (message), "From: "));
}

static const char multipart[]
    = "From: a@example.com\nSubject: parts\nMIME-Version: 1.0\n"
      "Content-Type: multipart/mixed; boundary=\"m\"\n\n"
      "--m\nContent-Type: multipart/related; boundary=\"r\"\n\n"
      "--r\nContent-Type: text/html; charset=utf-8\n\n"
      "<html><head><style>hidden1</style><title>T</title></head><body><p>Visible&nbsp;<b>te</b>xt"
      "<script>hidden2</script><br>second</p><img src=\"cid:i1\"></body></html>\n"
      "--r\nContent-Type: image/png; name=logo.png\nContent-ID: <i1>\n"
      "Content-Transfer-Encoding: base64\n\nAAECAw==\n--r--\n"
      "--m\nContent-Type: application/pdf; name*=utf-8''r%C3%A9sum%C3%A9.pdf\n"
      "Content-Disposition: attachment\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n"
      "--m\nContent-Type: text/plain; name=notes.txt\nContent-Disposition: "
      "attachment\n\nsecretword\n"
      "--m\nContent-Type: message/rfc822\n\nSubject: inner subject\nFrom: "
      "x@example.com\n\ninnerword\n"
      "--m--\n";

static void
test_parts (void)
{
  g_autoptr (MunMessage) message = parse (multipart);
  const MunMessageFields *fields = mun_message_get_fields (message);
  g_autoptr (GBytes) pdf = NULL;
  int logo = mun_message_find_content_id (message, "i1");

  g_assert_false (mun_message_is_damaged (message));
  g_assert_cmpuint (mun_message_get_n_attachments (message), ==, 4);
  g_assert_true (mun_message_has_attachments (message));
  g_assert_cmpint (logo, ==, 0);
  g_assert_true (mun_message_get_attachment (message, 0)->is_inline);
  g_assert_cmpstr (mun_message_get_attachment (message, 1)->name, ==, "résumé.pdf");
  g_assert_cmpstr (mun_message_get_attachment (message, 3)->name, ==, "inner subject.eml");
  pdf = mun_message_dup_attachment (message, 1);
  g_assert_cmpmem (g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), "Hello", 5);
  g_assert_nonnull (strstr (fields->body, "Visible\302\240text"));
  g_assert_nonnull (strstr (fields->body, "second"));
  g_assert_null (strstr (fields->body, "hidden"));
  g_assert_nonnull (strstr (fields->texts, "secretword"));
  g_assert_nonnull (strstr (fields->texts, "innerword"));
  g_assert_nonnull (strstr (fields->names, "notes.txt"));
}

static void
test_charsets (void)
{
  static const struct {
    const char *label, *body, *expected;
  } cases[] = {
    { "iso-8859-1", "caf\351 \200", "café €" },
    { "utf-8", "caf\303\251", "café" },
    { "us-ascii", "caf\303\251", "café" },
    { "default_charset", "caf\351", "café" },
    { "_iso-2022-jp$esc", "\033$B%F%9%H\033(B", "テスト" },
    { "koi8-r", "\364\305\323\324", "Тест" },
    { "gb2312", "\262\342\312\324", "测试" },
    { "utf-8", "caf\351", "café" },
    { "windows-1251", "\322\345\361\362", "Тест" },
    { "\"quoted-unknown", "plain", "plain" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text
        = g_strdup_printf ("Subject: x\nContent-Type: text/plain; charset=\"%s\"\n\n%s",
                           cases[i].label, cases[i].body);
    g_autoptr (MunMessage) message = parse (text);

    g_assert_cmpstr (mun_message_get_text (message), ==, cases[i].expected);
  }
}

static void
test_damaged (void)
{
  static const char *const texts[] = { "",
                                       "\n\n",
                                       "no header at all, just words",
                                       "\x7f\x45LF\x02\x01\x01",
                                       "From x\n",
                                       "Subject: x\nContent-Type: multipart/mixed\n\nno boundary" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (MunMessage) message = parse (texts[i]);

    g_assert_true (mun_message_is_damaged (message));
    g_assert_nonnull (mun_message_get_damage_note (message));
    g_assert_nonnull (mun_message_get_subject (message));
  }
  {
    g_autoptr (MunMessage) message = parse ("no header at all, just findableword");

    g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "findableword"));
  }
}

static void
test_mbox_line (void)
{
  g_autoptr (MunMessage) message
      = parse ("From someone Mon Jan  1 00:00:00 2001\nSubject: under a From line\n\nbody\n");

  g_assert_cmpstr (mun_message_get_subject (message), ==, "under a From line");
  g_assert_false (mun_message_is_damaged (message));
}

static void
append_many (GString *text, const char *what, guint count)
{
  for (guint i = 0; i < count; i++)
    g_string_append (text, what);
}

/* What would exhaust a careless reader. */
static void
test_hostile (void)
{
  static const struct {
    const char *before, *repeated;
    guint count;
    gboolean damaged;
  } cases[] = {
    { "Subject: x\n", "Content-Type: message/rfc822\n\n", 50000, TRUE },
    { "To: ", "a:", 100000, TRUE },
    { "To: ", "(", 100000, FALSE },
    { "To: ", "\"<", 100000, FALSE },
    { "Subject: ", "x", 3000000, TRUE },
    { "Subject: ", "=?utf-8?q?a?= ", 50000, FALSE },
    { "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", 20000, TRUE },
    { "Content-Type: text/html\n\n", "<div>", 200000, FALSE },
    { "Content-Type: text/html\n\n", "&#", 200000, FALSE },
    { "Content-Type: text/plain; x=y", "; n*1=\"x\"", 5000, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    GString *text = g_string_new (cases[i].before);
    g_autoptr (MunMessage) message = NULL;

    append_many (text, cases[i].repeated, cases[i].count);
    g_string_append (text, "\n\nend\n");
    message = parse_string (text);
    g_test_message ("case %zu: %s", i, mun_message_get_damage_note (message));
    g_assert_cmpint (mun_message_is_damaged (message), ==, cases[i].damaged);
    g_assert_true (g_utf8_validate (mun_message_get_fields (message)->body, -1, NULL));
  }
}

static void
test_nested_multiparts (void)
{
  GString *text = g_string_new ("Subject: deep\n");
  g_autoptr (MunMessage) message = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "Content-Type: multipart/mixed; boundary=\"b%u\"\n\n--b%u\n", i,
                            i);
  g_string_append (text, "\nend\n");
  message = parse_string (text);
  g_assert_true (mun_message_is_damaged (message));
}

static void
test_pieces (void)
{
  GString *text
      = g_string_new ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsmall\r\n"
                      "--b\r\nContent-Transfer-Encoding: base64\r\n"
                      "Content-Type: application/x; name=big\r\n\r\n");
  gsize start = text->len;
  g_autoptr (GBytes) raw = NULL;
  g_autoptr (MunMessage) message = NULL;
  GArray *pieces;
  gsize end;

  append_many (text, "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\r\n",
               100);
  end = text->len;
  g_string_append (text, "--b--\r\n");
  raw = g_string_free_to_bytes (text);
  message = mun_message_parse (raw);
  pieces = mun_message_get_pieces (message);
  g_assert_cmpuint (pieces->len, ==, 1);
  g_assert_cmpuint (g_array_index (pieces, MunPiece, 0).offset, ==, start);
  g_assert_cmpuint (g_array_index (pieces, MunPiece, 0).length, <=, end - start);
  g_assert_cmpuint (g_array_index (pieces, MunPiece, 0).length, >=, end - start - 2);
}

/* Every prefix of a message, and the message with every byte changed, is read as well. */
static void
test_truncated (void)
{
  gsize length = strlen (multipart);

  for (gsize i = 0; i < length; i++) {
    g_autoptr (GBytes) cut = g_bytes_new (multipart, i);
    g_autoptr (MunMessage) message = mun_message_parse (cut);
    g_autofree char *changed = g_memdup2 (multipart, length);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (MunMessage) other = NULL;

    changed[i] ^= 0x55;
    bytes = g_bytes_new (changed, length);
    other = mun_message_parse (bytes);
    g_assert_true (g_utf8_validate (mun_message_get_fields (other)->body, -1, NULL));
    for (guint a = 0; a < mun_message_get_n_attachments (other); a++) {
      g_autoptr (GBytes) content = mun_message_dup_attachment (other, a);

      g_assert_nonnull (content);
    }
    g_assert_nonnull (mun_message_get_text (message));
  }
}

static void
test_address_names (void)
{
  static const struct {
    const char *list, *names;
  } cases[] = {
    { "Ada Lovelace <ada@example.com>, bob@example.com", "Ada Lovelace, bob@example.com" },
    { "\"Purchasing, Halden & Sons\" <p@example.com>", "Purchasing, Halden & Sons" },
    { "undisclosed-recipients:;", "undisclosed-recipients" },
    { "Hélène Dubois <h@example.com>", "Hélène Dubois" },
    { "", "" },
    { "<<>>,,", "<<>>,," },
  };
  g_autofree char *endless = g_strnfill (100000, ':');
  g_autofree char *same = mun_address_dup_names (endless);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *names = mun_address_dup_names (cases[i].list);

    g_assert_cmpstr (names, ==, cases[i].names);
  }
  g_assert_cmpstr (same, ==, endless);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/address-names", test_address_names);
  g_test_add_func ("/message/plain", test_plain);
  g_test_add_func ("/message/parts", test_parts);
  g_test_add_func ("/message/charsets", test_charsets);
  g_test_add_func ("/message/damaged", test_damaged);
  g_test_add_func ("/message/mbox-line", test_mbox_line);
  g_test_add_func ("/message/hostile", test_hostile);
  g_test_add_func ("/message/nested-multiparts", test_nested_multiparts);
  g_test_add_func ("/message/pieces", test_pieces);
  g_test_add_func ("/message/truncated", test_truncated);
  return g_test_run ();
}
