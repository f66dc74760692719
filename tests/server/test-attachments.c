/* test-attachments.c: single attachments, decoded, and what is shown of a large message */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "large-mail.h"

#include "json.h"

#include <string.h>

#define MIB (1024 * 1024)

static TestServer *server;
static char *bearer;
static GBytes *large; /* one message with an attachment of 18 MiB */
static GBytes *content;
static char *path; /* of its attachment */
static gsize size;

/* The path of something of the message that is downloaded there. */
static char *
dup_path (const char *download, const char *what)
{
  return g_strdup_printf ("%.*s%s", (int)(strlen (download) - strlen ("download")), download, what);
}

/* What large_mail_new() encodes. */
static GBytes *
decode_content (GBytes *raw)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));
  char *start = strstr (text, "base64\r\n\r\n") + strlen ("base64\r\n\r\n");
  gsize length;
  guint8 *bytes;

  *strstr (start, "--b--") = '\0';
  bytes = g_base64_decode (start, &length);
  return g_bytes_new_take (bytes, length);
}

static void
assert_stretch (GBytes *got, gsize start, gsize length)
{
  g_assert_cmpuint (g_bytes_get_size (got), ==, length);
  g_assert_true (memcmp (g_bytes_get_data (got, NULL),
                         (const guint8 *)g_bytes_get_data (content, NULL) + start, length)
                 == 0);
}

static WireReply *
ask (Wire *wire, const char *where, const char *headers)
{
  large_mail_ask (wire, where, bearer, headers);
  return wire_read (wire);
}

/* The first time its end says how long it is; from then on that is known. */
static void
test_whole (void)
{
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (WireReply) again = NULL;

  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", path, bearer, NULL,
                                         &first),
                    ==, 200);
  assert_stretch (first, 0, size);
  again = ask (wire, path, "");
  g_assert_cmpuint (again->status, ==, 200);
  assert_stretch (again->body, 0, size);
  g_assert_cmpstr (wire_reply_header (again, "Content-Type"), ==, "application/octet-stream");
  g_assert_cmpstr (wire_reply_header (again, "Content-Disposition"), ==,
                   "attachment; filename=x.bin");
  g_assert_cmpstr (wire_reply_header (again, "X-Content-Type-Options"), ==, "nosniff");
  g_assert_nonnull (strstr (wire_reply_header (again, "Content-Security-Policy"), "sandbox"));
}

/* Of a message that nobody has asked for: with HEAD and with ranges its length is needed at once. */
static void
test_ranges (void)
{
  const struct {
    const char *range;
    guint status;
    gsize start, length;
  } rows[] = {
    { "bytes=5000000-15000000", 206, 5000000, 10000001 },
    { "bytes=0-0", 206, 0, 1 },
    { "bytes=-3000000", 206, size - 3000000, 3000000 },
    { "bytes=786000-786500", 206, 786000, 501 },
    { "bytes=0-1,5-6", 200, 0, size },
    { "bytes=99999999999-", 416, 0, 0 },
  };
  g_autoptr (GBytes) other = large_mail_new ("other", 18 * MIB, 1);
  g_autofree char *download = large_mail_upload (server, bearer, other);
  g_autofree char *own = dup_path (download, "attachments/1");
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *header = g_strdup_printf ("Range: %s\r\n", rows[i].range);
    g_autofree char *expected = NULL;
    g_autoptr (WireReply) reply = ask (wire, own, header);

    g_test_message ("%s", rows[i].range);
    g_assert_cmpuint (reply->status, ==, rows[i].status);
    if (rows[i].status == 206)
      expected = g_strdup_printf ("bytes %zu-%zu/%zu", rows[i].start,
                                  rows[i].start + rows[i].length - 1, size);
    else if (rows[i].status == 416)
      expected = g_strdup_printf ("bytes */%zu", size);
    g_assert_cmpstr (wire_reply_header (reply, "Content-Range"), ==, expected);
    if (rows[i].status != 416)
      assert_stretch (reply->body, rows[i].start, rows[i].length);
  }
}

static void
test_head (void)
{
  g_autoptr (GBytes) other = large_mail_new ("headed", 18 * MIB, 1);
  g_autofree char *download = large_mail_upload (server, bearer, other);
  g_autofree char *own = dup_path (download, "attachments/1");
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);
  g_autofree char *request
      = g_strdup_printf ("HEAD %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n\r\n", own,
                         bearer);
  g_autofree char *length = g_strdup_printf ("\r\nContent-Length: %zu\r\n", size);
  g_autofree char *head = NULL, *condition = NULL;
  g_autoptr (WireReply) same = NULL, changed = NULL;
  g_auto (GStrv) lines = NULL;

  wire_send (wire, request);
  head = wire_read_head (wire);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr (head, length));
  lines = g_strsplit (strstr (head, "\r\nETag: ") + strlen ("\r\nETag: "), "\r\n", 2);
  condition = g_strdup_printf ("Range: bytes=10-19\r\nIf-Range: %s\r\n", lines[0]);
  same = ask (wire, own, condition);
  g_assert_cmpuint (same->status, ==, 206);
  assert_stretch (same->body, 10, 10);
  /* that of the message is another one */
  changed = ask (wire, download, condition);
  g_assert_cmpuint (changed->status, ==, 200);
}

/* --- names and types --- */

#define SMALL                                                                                      \
  "From: a@example.org\r\nSubject: small\r\nMIME-Version: 1.0\r\n"                                 \
  "Content-Type: multipart/mixed; boundary=b\r\n\r\n"                                              \
  "--b\r\nContent-Type: text/plain\r\n\r\nthe text\r\n"                                            \
  "--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment;\r\n"                         \
  " filename*=UTF-8''r%C3%A9sum%C3%A9%2F%22x%22.html\r\n\r\n<script>1</script>\r\n"                \
  "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment\r\n"                           \
  "Content-Transfer-Encoding: quoted-printable\r\n\r\na=3Db=\r\n;c\r\n"                            \
  "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n--b--\r\n"

static void
test_files (void)
{
  const struct {
    const char *what, *type, *disposition, *body;
  } rows[] = {
    { "attachments/1", "application/octet-stream",
      "attachment; filename=resume__x_.html; filename*=UTF-8''r%C3%A9sum%C3%A9__x_.html",
      "<script>1</script>" },
    { "attachments/2", "text/csv", "attachment; filename=attachment", "a=b;c" },
    { "attachments/3", "message/rfc822", "attachment; filename=inner.eml",
      "Subject: inner\n\ninner text" },
  };
  g_autoptr (GBytes) raw = g_bytes_new_static (SMALL, strlen (SMALL));
  g_autofree char *download = large_mail_upload (server, bearer, raw);
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *where = dup_path (download, rows[i].what);
    g_autoptr (WireReply) reply = ask (wire, where, "");
    g_autoptr (WireReply) part = ask (wire, where, "Range: bytes=2-\r\n");

    g_assert_cmpuint (reply->status, ==, 200);
    g_assert_cmpstr (wire_reply_header (reply, "Content-Type"), ==, rows[i].type);
    g_assert_cmpstr (wire_reply_header (reply, "Content-Disposition"), ==, rows[i].disposition);
    g_assert_cmpmem (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body),
                     rows[i].body, strlen (rows[i].body));
    g_assert_cmpuint (part->status, ==, 206);
    g_assert_cmpmem (g_bytes_get_data (part->body, NULL), g_bytes_get_size (part->body),
                     rows[i].body + 2, strlen (rows[i].body) - 2);
  }
}

static void
test_no_such (void)
{
  const char *const numbers[] = { "0", "2", "-1", "x", "99999999999999999999", "1x" };
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *where = g_strdup_printf ("%.*s%s", (int)strlen (path) - 1, path, numbers[i]);
    g_autoptr (WireReply) reply = ask (wire, where, "");

    g_assert_cmpuint (reply->status, ==, 404);
  }
}

/* --- the outline --- */

static JsonObject *
get_outline (const char *download, GBytes **skeleton)
{
  g_autofree char *where = dup_path (download, "outline");
  g_autoptr (JsonNode) node = test_server_get (server, bearer, where, 200);
  JsonObject *outline = json_object_ref (json_node_get_object (node));
  gsize length;
  guint8 *bytes = g_base64_decode (mun_json_get_string (outline, "skeleton", ""), &length);

  *skeleton = g_bytes_new_take (bytes, length);
  return outline;
}

static JsonObject *
nth (JsonObject *outline, guint index)
{
  return json_array_get_object_element (mun_json_get_array (outline, "attachments"), index);
}

static void
test_outline (void)
{
  g_autofree char *download = g_strndup (path, strlen (path) - strlen ("attachments/1"));
  g_autofree char *where = g_strconcat (download, "download", NULL);
  g_autoptr (GBytes) skeleton = NULL;
  g_autoptr (JsonObject) outline = get_outline (where, &skeleton);
  g_autofree char *text
      = g_strndup (g_bytes_get_data (skeleton, NULL), g_bytes_get_size (skeleton));

  g_assert_cmpint (mun_json_get_int (outline, "size", 0), ==, g_bytes_get_size (large));
  g_assert_false (mun_json_get_bool (outline, "isCut", TRUE));
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (outline, "attachments")), ==, 1);
  g_assert_cmpint (mun_json_get_int (nth (outline, 0), "number", 0), ==, 1);
  g_assert_cmpint (mun_json_get_int (nth (outline, 0), "size", 0), ==, size);
  g_assert_true (mun_json_get_bool (nth (outline, 0), "isOmitted", FALSE));
  g_assert_true (g_str_has_prefix (text, "From: a@example.org\r\nSubject: large\r\n"));
  g_assert_nonnull (strstr (text, "\r\n\r\ntext\r\n--b\r\n"));
  g_assert_true (g_str_has_suffix (text, "base64\r\n\r\n\r\n--b--\r\n")
                 || g_str_has_suffix (text, "base64\r\n\r\n--b--\r\n"));
}

/* What is small is there as it is; a body that is too long ends with one of its lines. */
static void
test_outline_of_text (void)
{
  GString *text = g_string_new ("Subject: long\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                                "--b\r\nContent-Type: text/plain\r\n\r\n");
  g_autoptr (GBytes) small = g_bytes_new_static (SMALL, strlen (SMALL));
  g_autofree char *of_small = large_mail_upload (server, bearer, small), *of_long = NULL;
  g_autoptr (GBytes) raw = NULL, whole = NULL, cut = NULL;
  g_autoptr (JsonObject) first = get_outline (of_small, &whole), second = NULL;
  g_autofree char *skeleton = NULL;

  g_assert_true (g_bytes_equal (whole, small));
  g_assert_false (mun_json_get_bool (nth (first, 0), "isOmitted", TRUE));
  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "a line of this long text\r\n");
  g_string_append (text, "--b\r\nContent-Type: application/x-last\r\n\r\nlast\r\n--b--\r\n");
  raw = g_string_free_to_bytes (text);
  of_long = large_mail_upload (server, bearer, raw);
  second = get_outline (of_long, &cut);
  g_assert_true (mun_json_get_bool (second, "isCut", FALSE));
  skeleton = g_strndup (g_bytes_get_data (cut, NULL), g_bytes_get_size (cut));
  g_assert_cmpuint (strlen (skeleton), <, 1100 * 1024);
  g_assert_nonnull (strstr (skeleton, "a line of this long text\r\n\r\n--b\r\nContent-Type: "
                                      "application/x-last\r\n\r\nlast\r\n--b--\r\n"));
  g_assert_false (mun_json_get_bool (nth (second, 0), "isOmitted", TRUE));
}

/* --- who may, and who will know --- */

static guint
count_readings (void)
{
  g_autoptr (JsonNode) log
      = test_server_call_ok (server, "GetAuditLog", "eventType=MessageRetrieveContent");

  return json_array_get_length (json_node_get_array (log));
}

static void
test_rights (void)
{
  g_autoptr (GBytes) raw = g_bytes_new_static (SMALL, strlen (SMALL));
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autofree char *theirs = NULL, *own = NULL, *where = NULL, *outline = NULL;
  g_autoptr (GBytes) refused = NULL;
  guint before;

  g_assert_null (
      test_server_call_ok (server, "CreateUser", "userName=ann&privileges=login&password=a"));
  theirs = test_server_sign_in (server, "ann", "a");
  own = large_mail_upload (server, bearer, raw);
  where = dup_path (own, "attachments/1");
  outline = dup_path (own, "outline");
  before = count_readings ();
  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", where, theirs, NULL,
                                         NULL),
                    ==, 403);
  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", outline, theirs, NULL,
                                         NULL),
                    ==, 403);
  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", where, NULL, NULL, NULL),
                    ==, 401);
  g_assert_null (test_server_call_ok (server, "SetUserPrivilegesOnFolder",
                                      "userName=ann&folder=" TEST_ADMIN "&privileges=read"));
  theirs = test_server_sign_in (server, "ann", "a");
  g_assert_cmpuint (count_readings (), ==, before);
  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", where, theirs, NULL,
                                         NULL),
                    ==, 200);
  g_assert_cmpuint (count_readings (), ==, before + 1);
  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", outline, theirs, NULL,
                                         NULL),
                    ==, 200);
  g_assert_cmpuint (count_readings (), ==, before + 2);
}

/* Clients that take nothing cost a few chunks each, also where the length is not known. */
static void
test_memory (void)
{
  g_autoptr (GBytes) other = large_mail_new ("memory", 18 * MIB, 1);
  g_autofree char *download = large_mail_upload (server, bearer, other);
  g_autofree char *own = dup_path (download, "attachments/1");
  Wire *slow[8];
  gsize before;

  large_mail_reset_peak (server);
  before = large_mail_get_peak (server);
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++) {
    g_autofree char *head = NULL;

    slow[i] = wire_open (server, server->web_port, NULL);
    large_mail_ask (slow[i], own, bearer, "");
    head = wire_read_head (slow[i]);
    g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
    g_assert_nonnull (strstr (head, "\r\nTransfer-Encoding: chunked\r\n"));
  }
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    wire_free (slow[i]);
  if (before > 0)
    g_assert_cmpuint (large_mail_get_peak (server) - before, <, 4 * size);
}

int
main (int argc, char **argv)
{
  int status;
  g_autofree char *download = NULL;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  large = large_mail_new ("large", 18 * MIB, 1);
  content = decode_content (large);
  size = g_bytes_get_size (content);
  download = large_mail_upload (server, bearer, large);
  path = dup_path (download, "attachments/1");
  g_test_add_func ("/munimentd/attachments/whole", test_whole);
  g_test_add_func ("/munimentd/attachments/ranges", test_ranges);
  g_test_add_func ("/munimentd/attachments/head", test_head);
  g_test_add_func ("/munimentd/attachments/files", test_files);
  g_test_add_func ("/munimentd/attachments/no-such", test_no_such);
  g_test_add_func ("/munimentd/attachments/outline", test_outline);
  g_test_add_func ("/munimentd/attachments/outline-of-text", test_outline_of_text);
  g_test_add_func ("/munimentd/attachments/rights", test_rights);
  g_test_add_func ("/munimentd/attachments/memory", test_memory);
  status = g_test_run ();
  g_free (path);
  g_free (bearer);
  g_bytes_unref (content);
  g_bytes_unref (large);
  test_server_free (server);
  return status;
}
