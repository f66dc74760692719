/* test-message.c: odd mail is read without harm */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "address-names.h"
#include "html-text.h"
#include "message.h"
#include "part-walk.h"

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

/* Text that is attached as something else; what is no text, whatever it is called. */
static void
test_plain_files (void)
{
  static const struct {
    const char *type, *name, *data, *expected;
  } cases[] = {
    { "application/octet-stream", "list.csv", "a;pelican\n", "a;pelican" },
    { "application/octet-stream", "LIST.CSV", "pelican\n", "pelican" },
    { "application/json", NULL, "{\"bird\": \"pelican\"}", "pelican" },
    { "application/xml; charset=iso-8859-1", "a.xml", "<a>caf\351</a>", "café" },
    { "application/octet-stream", "page.html", "<b>peli</b>can <i>x</i>", "pelican x" },
    { "application/octet-stream", "pelican.bin", "pelican", NULL },
    { "application/pdf", "a.txt", "pelican", NULL },
    { "application/octet-stream", "a.txt", "pelican", "pelican" },
    { "image/png", "a.txt", "pelican", NULL },
  };
  const char binary[] = "Subject: x\nContent-Type: multipart/mixed; boundary=m\n\n--m\n"
                        "Content-Type: application/octet-stream; name=a.txt\n\npelican\0x\n--m--\n";
  g_autoptr (GBytes) bytes = g_bytes_new_static (binary, sizeof binary - 1);
  g_autoptr (MunMessage) other = mun_message_parse (bytes);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *raw = g_strdup_printf (
        "Subject: x\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: %s\n"
        "Content-Disposition: attachment%s%s\n\n%s\n--m--\n",
        cases[i].type, cases[i].name != NULL ? "; filename=" : "",
        cases[i].name != NULL ? cases[i].name : "", cases[i].data);
    g_autoptr (MunMessage) message = parse (raw);
    const char *texts = mun_message_get_fields (message)->texts;

    if (cases[i].expected == NULL)
      g_assert_cmpstr (texts, ==, "");
    else
      g_assert_nonnull (strstr (texts, cases[i].expected));
  }
  g_assert_cmpstr (mun_message_get_fields (other)->texts, ==, "");
}

/* The first bytes, without the rest. */
static void
test_peek (void)
{
  g_autoptr (MunMessage) message = parse (multipart);
  guint8 buffer[5];

  g_assert_cmpuint (mun_message_peek_attachment (message, 1, buffer, sizeof buffer), ==, 5);
  g_assert_cmpmem (buffer, 5, "Hello", 5);
  g_assert_cmpuint (mun_message_peek_attachment (message, 1, buffer, 2), ==, 2);
  g_assert_cmpuint (mun_message_peek_attachment (message, 0, buffer, sizeof buffer), ==, 4);
  g_assert_cmpmem (buffer, 4, "\0\1\2\3", 4);
  /* Not a leaf. */
  g_assert_cmpuint (mun_message_peek_attachment (message, 3, buffer, sizeof buffer), ==, 0);
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
    { "Subject: ", "=?utf-8?q?a", 180000, TRUE },
    { "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=\"",
      "=?utf-8?q?a", 1000000, TRUE },
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

/* Parts in parts to a depth that no reader can stand, with lines that may be boundaries of all. */
static void
test_nested_with_boundaries (void)
{
  GString *text = g_string_new ("Subject: deep\n");
  g_autoptr (MunMessage) message = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (text, "Content-Type: multipart/mixed; boundary=\"b%u\"\n\n--b%u\n", i,
                            i);
  append_many (text, "--x\n", 2000000);
  message = parse_string (text);
  g_assert_true (mun_message_is_damaged (message));
}

/* End tags of elements that are not open, below many that are: every one was looked for in vain. */
static void
test_unbalanced_html (void)
{
  GString *text = g_string_new ("Subject: x\nContent-Type: text/html\n\n<p>firstword</p>");
  g_autoptr (MunMessage) message = NULL;

  append_many (text, "<div>", 400000);
  g_string_append (text, "<p>middleword</p>");
  append_many (text, "</b>", 400000);
  g_string_append (text, "<p>lastword</p>\n");
  message = parse_string (text);
  g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "firstword"));
  g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "middleword"));
  g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "lastword"));
}

/* Text is text, wherever it stands. */
static void
test_html_ends (void)
{
  static const char *const texts[]
      = { "</div></html>firstword</body></html><p>lastword", "firstword<br>lastword",
          "<html><head><title>firstword</title></head><body>x</body></html>\n</p>lastword",
          "<!DOCTYPE html>\n<?xml version='1.0'?><html>firstword</html></html></p>lastword\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = g_strconcat ("Subject: x\nContent-Type: text/html\n\n", texts[i], NULL);
    g_autoptr (MunMessage) message = parse (text);

    g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "firstword"));
    g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "lastword"));
  }
}

/* Long HTML is read in pieces: words, tags, characters and hidden parts on their borders stay
 * whole. */
/* What a limit cuts off takes nothing before it along, wherever it falls. */
static void
test_html_limit (void)
{
  for (gsize limit = 0; limit < 12; limit++) {
    g_autofree char *text = mun_html_to_text ("<p>äöü漢字", limit);

    g_assert_cmpuint (strlen (text), <=, limit);
    g_assert_cmpuint (strlen (text) + 3, >, limit);
    g_assert_true (g_str_has_prefix ("äöü漢字", text));
  }
}

static void
test_names_limit (void)
{
  GString *text = g_string_new ("Content-Type: multipart/mixed; boundary=b\n\n");
  g_autofree char *name = g_strnfill (1023, 'n');
  g_autoptr (MunMessage) message = NULL;

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (text, "--b\nContent-Disposition: attachment; filename=%s\n\nx\n", name);
  g_string_append (text, "--b--\n");
  message = parse_string (text);
  g_assert_cmpuint (mun_message_get_n_attachments (message), ==, 300);
  g_assert_cmpuint (strlen (mun_message_get_fields (message)->names), ==, MUN_LIMIT_ADDRESSES);
}

static void
test_long_html (void)
{
  for (guint shift = 0; shift < 24; shift++) {
    GString *text = g_string_new ("Subject: x\nContent-Type: text/html; charset=utf-8\n\n");
    g_autoptr (MunMessage) message = NULL;
    guint found = 0;

    for (guint i = 0; i < shift; i++)
      g_string_append_c (text, ' ');
    for (guint i = 0; i < 2000; i++)
      g_string_append (text, "<p title=\"hidden\">wört<b>er</b></p><style>p{hidden}</style>");
    append_many (text, "日本語", 5000);
    message = parse_string (text);
    for (const char *p = mun_message_get_fields (message)->body; (p = strstr (p, "wörter")); p++)
      found++;
    g_assert_cmpuint (found, ==, 2000);
    g_assert_null (strstr (mun_message_get_fields (message)->body, "hidden"));
    g_assert_null (strstr (mun_message_get_fields (message)->body, "\357\277\275"));
    found = 0;
    for (const char *p = mun_message_get_fields (message)->body; (p = strstr (p, "日本語")); p++)
      found++;
    g_assert_cmpuint (found, ==, 5000);
  }
}

/* Zero bytes anywhere hide nothing of what follows them. */
static void
test_nul (void)
{
  static const char *const charsets[] = { "us-ascii", "utf-8", "windows-1251", "koi8-r", "x-none" };
  static const char tail[] = "\n\nbefore\0\342\340\0afterword";

  for (gsize i = 0; i < G_N_ELEMENTS (charsets); i++) {
    GString *text = g_string_new (NULL);
    g_autoptr (MunMessage) message = NULL;

    g_string_printf (text, "Subject: x\nContent-Type: text/plain; charset=%s", charsets[i]);
    g_string_append_len (text, tail, sizeof tail - 1);
    message = parse_string (text);
    g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "before"));
    g_assert_nonnull (strstr (mun_message_get_fields (message)->body, "afterword"));
  }
  {
    GString *text = g_string_new (NULL);
    g_autoptr (MunMessage) message = NULL;

    g_string_append_len (text, "Subject: one\0two\nFrom: a\0@b\n\0\n\nbody\0\0", 38);
    message = parse_string (text);
    g_assert_true (g_utf8_validate (mun_message_get_subject (message), -1, NULL));
  }
}

/* A header that is no UTF-8 and belongs to no charset that is named. */
static void
test_invalid_utf8 (void)
{
  g_autoptr (MunMessage) message
      = parse ("Subject: caf\351 \377\376 =?utf-8?q?=FF=C3?= =?utf-8?b?/w==?=\n"
               "From: \"\300\200\" <\355\240\200@example.com>\nX-\200: \201\n"
               "Content-Type: text/plain; name=\"\377.txt\"\n\n\370\210\200\200\200");
  const char *texts[] = { mun_message_get_subject (message), mun_message_get_from (message),
                          mun_message_get_text (message), mun_message_get_fields (message)->sender,
                          mun_message_get_fields (message)->names };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (g_utf8_validate (texts[i], -1, NULL));
  g_assert_true (g_str_has_prefix (mun_message_get_subject (message), "caf"));
}

/* The last line may end anywhere. */
static void
test_no_newline (void)
{
  static const char *const texts[]
      = { "Subject: end", "Subject: end\r", "Subject: end\r\n\r", "Subject: end\n\nbody",
          "Subject: end\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b--" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (MunMessage) message = parse (texts[i]);

    g_assert_cmpstr (mun_message_get_subject (message), ==, "end");
    if (strstr (texts[i], "body") != NULL)
      g_assert_true (g_str_has_prefix (mun_message_get_text (message), "body"));
  }
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

/* The text is the same whether libxml2 sees the attributes or not; after the first pair, something
 * that is not written as it should be stands before them. */
static void
test_html_attributes (void)
{
  static const struct {
    const char *html, *text;
  } cases[] = {
    { "<!DOCTYPE html PUBLIC \"-//W3C//DTD\">a<b class=\"x\" id='y' hidden>b</b><br />c", "ab\nc" },
    { "<p style = \"font: 'a'\" align=left>one<p data-x=http://a/b/>two<img alt=\"three\"/>",
      "one\ntwo" },
    { "<!-- <a b--> one <i c=\"-->\">two</i>", "one two" },
    { "<!-- <a b=c--> one <i d=\"e\">two</i>", "one two" },
    { "<!-- <a --> one <i b=\"c\">two</i>", "one two" },
    { "<script>x = '<a b=\"c\">'</script><i d=\"e\">one</i>", "one" },
    { "<a href=\"b>one</a><i c=\"d\">two</i><i e=\"f\">three</i>", "twothree" },
    { "<a title=\"<b>\">one</a> <i c=\"d\">two</i>", "one two" },
    { "1 < 2 <i c=\"d\">3</i>", "1 < 2 3" },
    { "<i c=\"d", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = mun_html_to_text (cases[i].html, 1000);

    g_test_message ("%s", cases[i].html);
    g_assert_cmpstr (g_strstrip (text), ==, cases[i].text);
  }
}

/* Fields that nobody reads are not shown to GMime: nothing else becomes of it. */
static void
test_many_fields (void)
{
  GString *text = g_string_new ("Received: from a by b;\r\n\tThu, 1 Jan 2015 10:00:00 +0000\r\n"
                                "From: Ann <a@example.com>\r\nX-Spam: Subject: wrong\r\n"
                                "Subject: =?utf-8?q?gr=C3=BCn?=\r\n and more\r\n"
                                "Reply-To: c@example.com\r\nto : b@example.com\r\n"
                                "Date: Thu, 1 Jan 2015 11:00:00 +0000\r\n"
                                "DKIM-Signature: v=1;\r\n\tSubject: folded\r\n"
                                "Importance: high\r\nMIME-Version: 1.0\r\n"
                                "X-Last: 1\r\nContent-Transfer-Encoding: base64\r\n"
                                "Content-Type: application/x; name=big\r\nX-End: 1\r\n\r\n");
  gsize start = text->len;
  g_autoptr (GBytes) raw = NULL, content = NULL;
  g_autoptr (MunMessage) message = NULL;
  GArray *pieces;

  append_many (text, "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\r\n",
               100);
  raw = g_string_free_to_bytes (text);
  message = mun_message_parse (raw);
  g_assert_false (mun_message_is_damaged (message));
  g_assert_cmpstr (mun_message_get_subject (message), ==, "grün and more");
  g_assert_cmpstr (mun_message_get_from (message), ==, "Ann <a@example.com>");
  g_assert_cmpstr (mun_message_get_to (message), ==, "b@example.com");
  g_assert_cmpint (mun_message_get_date (message), ==, 1420110000);
  g_assert_cmpint (mun_message_get_priority (message), ==, MUN_PRIORITY_HIGH);
  pieces = mun_message_get_pieces (message);
  g_assert_cmpuint (pieces->len, ==, 1);
  g_assert_cmpuint (g_array_index (pieces, MunPiece, 0).offset, ==, start);
  g_assert_cmpuint (g_array_index (pieces, MunPiece, 0).length, ==, g_bytes_get_size (raw) - start);
  content = mun_message_dup_attachment (message, 0);
  g_assert_cmpuint (g_bytes_get_size (content), ==, 100 * 51);
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
  g_test_add_func ("/message/plain-files", test_plain_files);
  g_test_add_func ("/message/peek", test_peek);
  g_test_add_func ("/message/charsets", test_charsets);
  g_test_add_func ("/message/damaged", test_damaged);
  g_test_add_func ("/message/mbox-line", test_mbox_line);
  g_test_add_func ("/message/hostile", test_hostile);
  g_test_add_func ("/message/nested-multiparts", test_nested_multiparts);
  g_test_add_func ("/message/nested-with-boundaries", test_nested_with_boundaries);
  g_test_add_func ("/message/unbalanced-html", test_unbalanced_html);
  g_test_add_func ("/message/html-ends", test_html_ends);
  g_test_add_func ("/message/html-limit", test_html_limit);
  g_test_add_func ("/message/names-limit", test_names_limit);
  g_test_add_func ("/message/long-html", test_long_html);
  g_test_add_func ("/message/nul", test_nul);
  g_test_add_func ("/message/invalid-utf8", test_invalid_utf8);
  g_test_add_func ("/message/no-newline", test_no_newline);
  g_test_add_func ("/message/pieces", test_pieces);
  g_test_add_func ("/message/html-attributes", test_html_attributes);
  g_test_add_func ("/message/many-fields", test_many_fields);
  g_test_add_func ("/message/truncated", test_truncated);
  return g_test_run ();
}
