/* test-mail.c: some hundred different messages: uploaded, found by each field, sorted, downloaded
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "test-server.h"

#include "json.h"

#include <string.h>

#define N_MAIL 300
#define FIRST_DAY 1767225600 /* 2026-01-01 */
#define HOURS_BETWEEN 7

/* A message is what its number says; the tests compute from the same numbers what must be found. */
typedef struct {
  guint number;
  GBytes *raw;
  char *sha256;
  gint64 date;
  char *id; /* "gid/mid", once it was seen */
} Mail;

typedef gboolean (*Predicate) (const Mail *mail, gint64 argument);

static TestServer *server;
static char *ann, *bob, *admin; /* bearers */
static Mail mails[N_MAIL];

static const char *const folders[] = { "Inbox", "Inbox/Sub", "Sent Items", "Weiß & Co" };
static const char *const priorities[]
    = { "", "X-Priority: 1\r\nImportance: high\r\n", "X-Priority: 5\r\nImportance: low\r\n" };

/* --- what a number means --- */

static guint
priority_of (guint n)
{
  return n % 10 < 3 ? n % 10 : 0;
}

static gboolean
is_topic (const Mail *mail, gint64 topic)
{
  return mail->number % 5 == topic;
}

static gboolean
is_body (const Mail *mail, gint64 word)
{
  return mail->number % 13 == word;
}

static gboolean
is_topic_2_and_body (const Mail *mail, gint64 word)
{
  return is_topic (mail, 2) && is_body (mail, word);
}

static gboolean
has_attachment (const Mail *mail, gint64 wanted)
{
  return (mail->number % 3 == 0) == wanted;
}

static gboolean
is_attachment_name (const Mail *mail, gint64 name)
{
  return has_attachment (mail, TRUE) && mail->number % 4 == name;
}

static gboolean
is_attachment_text (const Mail *mail, gint64 word)
{
  return has_attachment (mail, TRUE) && mail->number % 8 == word;
}

static gboolean
is_sender (const Mail *mail, gint64 person)
{
  return mail->number % 7 == person;
}

static gboolean
is_recipient (const Mail *mail, gint64 person)
{
  return mail->number % 11 == person;
}

static gboolean
is_priority (const Mail *mail, gint64 priority)
{
  return priority_of (mail->number) == priority;
}

static gboolean
is_in_folder (const Mail *mail, gint64 folder)
{
  return mail->number % G_N_ELEMENTS (folders) == folder;
}

static gboolean
is_below_inbox (const Mail *mail, gint64 unused)
{
  return is_in_folder (mail, 0) || is_in_folder (mail, 1);
}

static gboolean
is_small (const Mail *mail, gint64 size)
{
  return (gint64)g_bytes_get_size (mail->raw) <= size;
}

static gboolean
is_large (const Mail *mail, gint64 size)
{
  return (gint64)g_bytes_get_size (mail->raw) >= size;
}

static gboolean
is_below (const Mail *mail, gint64 number)
{
  return mail->number < number;
}

static gboolean
is_number (const Mail *mail, gint64 number)
{
  return mail->number == number;
}

/* Days of this machine's zone, as the server reads them. */
static char *
day_of (const Mail *mail)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (mail->date);

  return g_date_time_format (time, "%Y-%m-%d");
}

static gboolean
is_from_day (const Mail *mail, gint64 unused)
{
  g_autofree char *day = day_of (mail);

  return strcmp (day, "2026-02-10") >= 0;
}

static gboolean
is_to_day (const Mail *mail, gint64 unused)
{
  g_autofree char *day = day_of (mail);

  return strcmp (day, "2026-02-10") <= 0;
}

static gboolean
is_on_day (const Mail *mail, gint64 unused)
{
  return is_from_day (mail, 0) && is_to_day (mail, 0);
}

static gboolean
is_any (const Mail *mail, gint64 wanted)
{
  return wanted;
}

/* --- making them --- */

static char *
make_body (guint n)
{
  g_autofree char *padding = g_strnfill ((n * 131) % 4000 + n, 'x');
  g_autofree char *text
      = g_strdup_printf ("Grüße, body%uword stands here\r\n%s\r\n", n % 13, padding);

  if (n % 3 != 0)
    return g_strdup_printf ("Content-Type: text/plain; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: 8bit\r\n\r\n%s",
                            text);
  return g_strdup_printf (
      "Content-Type: multipart/mixed; boundary=\"cut%u\"\r\n\r\n"
      "--cut%u\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"
      "--cut%u\r\nContent-Type: text/plain; name=\"report%u.txt\"\r\n"
      "Content-Disposition: attachment; filename=\"report%u.txt\"\r\n\r\ninner%uword\r\n"
      "--cut%u--\r\n",
      n, n, text, n, n % 4, n % 4, n % 8, n);
}

static void
make_mail (Mail *mail, guint n)
{
  g_autofree char *body = make_body (n);
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *date = NULL;
  char *text;

  mail->number = n;
  mail->date = FIRST_DAY + (gint64)n * HOURS_BETWEEN * 3600;
  time = g_date_time_new_from_unix_utc (mail->date);
  date = g_date_time_format (time, "%d %b %Y %H:%M:%S +0000");
  text = g_strdup_printf ("From: Sender%u <sender%u@example.org>\r\n"
                          "To: Recipient%u <recipient%u@example.org>\r\n"
                          "Subject: number%03u topic%u\r\nDate: %s\r\n"
                          "Message-ID: <%u@example.org>\r\nMIME-Version: 1.0\r\n%s%s",
                          n % 7, n % 7, n % 11, n % 11, n, n % 5, date, n,
                          priorities[priority_of (n)], body);
  mail->raw = g_bytes_new_take (text, strlen (text));
  mail->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, mail->raw);
}

/* One upload a folder. */
static void
upload_all (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_auto (GStrv) messages = NULL;
    g_autofree char *folder = g_strconcat ("ann/", folders[i], NULL);
    g_autoptr (JsonObject) reply = NULL;
    g_autoptr (JsonObject) again = NULL;

    for (guint n = i; n < N_MAIL; n += G_N_ELEMENTS (folders)) {
      g_autofree char *text
          = g_strndup (g_bytes_get_data (mails[n].raw, NULL), g_bytes_get_size (mails[n].raw));

      g_strv_builder_add (builder, text);
    }
    messages = g_strv_builder_end (builder);
    reply = test_server_upload (server, ann, folder, (const char *const *)messages);
    g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, g_strv_length (messages));
    again = test_server_upload (server, ann, folder, (const char *const *)messages);
    g_assert_cmpint (mun_json_get_int (again, "skipped", 0), ==, g_strv_length (messages));
  }
}

/* --- finding them --- */

static char *
search (const char *bearer, const char *json)
{
  g_autoptr (JsonNode) reply
      = test_server_post (server, bearer, "/api/searches?sortCriteria=d-asc", json, 200);

  return g_strdup (mun_json_get_string (json_node_get_object (reply), "searchId", ""));
}

/* All items of a search, read by pages of this size. */
static JsonArray *
read_pages (const char *bearer, const char *id, const char *sort, guint size)
{
  JsonArray *all = json_array_new ();
  guint length = size;

  while (length == size) {
    g_autofree char *path = g_strdup_printf (
        "/api/searches/%s/results?messageIndexStart=%u&messageCount=%u&sortCriteria=%s", id,
        json_array_get_length (all), size, sort);
    g_autoptr (JsonNode) page = test_server_get (server, bearer, path, 200);
    JsonArray *items = mun_json_get_array (json_node_get_object (page), "searchResultItems");

    length = json_array_get_length (items);
    for (guint i = 0; i < length; i++)
      json_array_add_object_element (all,
                                     json_object_ref (json_array_get_object_element (items, i)));
  }
  return all;
}

static guint
number_of (JsonObject *item)
{
  const char *subject = mun_json_get_string (item, "subject", "");

  g_assert_true (g_str_has_prefix (subject, "number"));
  return (guint)g_ascii_strtoull (subject + strlen ("number"), NULL, 10);
}

static void
assert_found (const char *json, Predicate predicate, gint64 argument)
{
  g_autofree char *id = search (ann, json);
  g_autoptr (JsonArray) items = read_pages (ann, id, "d-asc", 64);
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);
  g_autoptr (JsonNode) status = test_server_get (server, ann, path, 200);
  guint at = 0;

  g_test_message ("%s: %u", json, json_array_get_length (items));
  for (guint n = 0; n < N_MAIL; n++) {
    if (!predicate (&mails[n], argument))
      continue;
    g_assert_cmpuint (at, <, json_array_get_length (items));
    /* oldest first is by number */
    g_assert_cmpuint (number_of (json_array_get_object_element (items, at++)), ==, n);
  }
  g_assert_cmpuint (at, ==, json_array_get_length (items));
  g_assert_cmpint (mun_json_get_int (json_node_get_object (status), "foundMessageCount", -1), ==,
                   at);
}

static void
test_fields (void)
{
  static const struct {
    const char *json;
    Predicate predicate;
    gint64 argument;
  } rows[] = {
    { "{}", is_any, TRUE },
    { "{\"query\":\"topic3\"}", is_topic, 3 },
    { "{\"query\":\"TOPIC3\"}", is_topic, 3 },
    { "{\"query\":\"topic3\",\"querySubject\":true}", is_topic, 3 },
    { "{\"query\":\"topic3\",\"queryMessageBody\":true}", is_any, FALSE },
    { "{\"query\":\"topic3\",\"queryFromToCcBcc\":true,\"queryAttachments\":true}", is_any, FALSE },
    { "{\"query\":\"body12word\"}", is_body, 12 },
    { "{\"query\":\"body12word\",\"queryMessageBody\":true}", is_body, 12 },
    { "{\"query\":\"body12word\",\"querySubject\":true}", is_any, FALSE },
    { "{\"query\":\"topic2 body7word\"}", is_topic_2_and_body, 7 },
    { "{\"query\":\"\\\"body7word stands here\\\"\"}", is_body, 7 },
    { "{\"query\":\"\\\"stands body7word\\\"\"}", is_any, FALSE },
    { "{\"query\":\"gru\xc3\x9f\x65\"}", is_any, TRUE },
    { "{\"query\":\"gr\xc3\xbc\xc3\x9f\x65\"}", is_any, TRUE },
    { "{\"query\":\"sender4\",\"queryFromToCcBcc\":true}", is_sender, 4 },
    { "{\"query\":\"report2\",\"queryAttachments\":true}", is_attachment_name, 2 },
    { "{\"query\":\"report2\",\"queryAttachmentContents\":true}", is_any, FALSE },
    { "{\"query\":\"inner5word\",\"queryAttachmentContents\":true}", is_attachment_text, 5 },
    { "{\"query\":\"inner5word\",\"queryMessageBody\":true}", is_any, FALSE },
    { "{\"query\":\"number0*\"}", is_below, 100 },
    { "{\"query\":\"number123\"}", is_number, 123 },
    { "{\"query\":\"nowhere\"}", is_any, FALSE },
    { "{\"query\":\"\"}", is_any, TRUE },
    { "{\"query\":null}", is_any, TRUE },
    { "{\"from\":\"sender6@example.org\"}", is_sender, 6 },
    { "{\"from\":\"Sender6\"}", is_sender, 6 },
    { "{\"from\":\"recipient6\"}", is_any, FALSE },
    { "{\"to\":\"recipient10\"}", is_recipient, 10 },
    { "{\"to\":\"sender1\"}", is_any, FALSE },
    { "{\"hasAttachments\":true}", has_attachment, TRUE },
    { "{\"hasAttachments\":false}", has_attachment, FALSE },
    { "{\"hasAttachments\":null}", is_any, TRUE },
    { "{\"priority\":\"NotSpecified\"}", is_any, TRUE },
    { "{\"priority\":\"Normal\"}", is_priority, 0 },
    { "{\"priority\":\"High\"}", is_priority, 1 },
    { "{\"priority\":\"Low\"}", is_priority, 2 },
    { "{\"sizeMin\":3000}", is_large, 3000 },
    { "{\"sizeMax\":900}", is_small, 900 },
    { "{\"sizeMin\":100000}", is_any, FALSE },
    { "{\"folder\":\"ann\",\"folderRecurse\":true}", is_any, TRUE },
    { "{\"folder\":\"ann\",\"folderRecurse\":false}", is_any, FALSE },
    { "{\"folder\":\"ann/Inbox\",\"folderRecurse\":false}", is_in_folder, 0 },
    { "{\"folder\":\"ann/Inbox\",\"folderRecurse\":true}", is_below_inbox, 0 },
    { "{\"folder\":\"ann/Inbox/Sub\"}", is_in_folder, 1 },
    { "{\"folder\":\"ann/Weiß & Co\"}", is_in_folder, 3 },
    { "{\"dateFrom\":\"2026-02-10\"}", is_from_day, 0 },
    { "{\"dateTo\":\"2026-02-10\"}", is_to_day, 0 },
    { "{\"dateFrom\":\"2026-02-10\",\"dateTo\":\"2026-02-10\"}", is_on_day, 0 },
    { "{\"archivedFrom\":\"2001-01-01\",\"archivedTo\":\"2199-01-01\"}", is_any, TRUE },
    { "{\"archivedTo\":\"2001-01-01\"}", is_any, FALSE },
    { "{\"query\":\"topic2\",\"querySubject\":true,\"from\":\"sender3\",\"sizeMin\":999999}",
      is_any, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_found (rows[i].json, rows[i].predicate, rows[i].argument);
}

/* --- sorting --- */

static int
compare (JsonObject *a, JsonObject *b, char key)
{
  switch (key) {
  case 'd':
    return strcmp (mun_json_get_string (a, "date", ""), mun_json_get_string (b, "date", ""));
  case 'a':
    return strcmp (mun_json_get_string (a, "archivedDate", ""),
                   mun_json_get_string (b, "archivedDate", ""));
  case 's':
    return strcmp (mun_json_get_string (a, "subject", ""), mun_json_get_string (b, "subject", ""));
  case 'f':
    return strcmp (mun_json_get_string (a, "fromOrTo", ""),
                   mun_json_get_string (b, "fromOrTo", ""));
  default:
    return mun_json_get_int (a, "size", 0) < mun_json_get_int (b, "size", 0)   ? -1
           : mun_json_get_int (a, "size", 0) > mun_json_get_int (b, "size", 0) ? 1
                                                                               : 0;
  }
}

/* In order, each message once, however the pages are cut, and back to front the other way. */
static void
test_orders (void)
{
  static const char keys[] = "dasfz";
  static const guint sizes[] = { 7, 100, 1000 };
  g_autofree char *id = search (ann, "{}");

  for (guint k = 0; keys[k] != '\0'; k++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      g_autofree char *up = g_strdup_printf ("%c-asc", keys[k]);
      g_autofree char *down = g_strdup_printf ("%c-desc", keys[k]);
      g_autoptr (JsonArray) rising = read_pages (ann, id, up, sizes[s]);
      g_autoptr (JsonArray) falling = read_pages (ann, id, down, sizes[s]);
      gboolean seen[N_MAIL] = { FALSE };

      g_test_message ("%c, pages of %u", keys[k], sizes[s]);
      g_assert_cmpuint (json_array_get_length (rising), ==, N_MAIL);
      g_assert_cmpuint (json_array_get_length (falling), ==, N_MAIL);
      for (guint i = 0; i < N_MAIL; i++) {
        JsonObject *item = json_array_get_object_element (rising, i);

        g_assert_false (seen[number_of (item)]);
        seen[number_of (item)] = TRUE;
        g_assert_cmpuint (number_of (json_array_get_object_element (falling, N_MAIL - 1 - i)), ==,
                          number_of (item));
        if (i > 0)
          g_assert_cmpint (compare (json_array_get_object_element (rising, i - 1), item, keys[k]),
                           <=, 0);
      }
    }
}

/* --- reading --- */

static void
test_items (void)
{
  g_autofree char *id = search (ann, "{}");
  g_autoptr (JsonArray) items = read_pages (ann, id, "d-asc", 500);

  for (guint i = 0; i < json_array_get_length (items); i++) {
    JsonObject *item = json_array_get_object_element (items, i);
    Mail *mail = &mails[number_of (item)];
    g_autoptr (GDateTime) date
        = g_date_time_new_from_iso8601 (mun_json_get_string (item, "date", ""), NULL);
    g_autofree char *folder = g_strconcat ("ann/", folders[mail->number % 4], NULL);
    g_autofree char *sender = g_strdup_printf ("ender%u", mail->number % 7);

    g_assert_cmpint (g_date_time_to_unix (date), ==, mail->date);
    g_assert_cmpstr (mun_json_get_string (item, "folder", NULL), ==, folder);
    g_assert_nonnull (strstr (mun_json_get_string (item, "fromOrTo", ""), sender));
    g_assert_cmpint (mun_json_get_int (item, "size", 0), ==, g_bytes_get_size (mail->raw));
    g_assert_cmpint (mun_json_get_bool (item, "hasAttachments", FALSE), ==,
                     has_attachment (mail, TRUE));
    g_free (mail->id);
    mail->id = g_strdup_printf ("%s/%s", mun_json_get_string (item, "gid", ""),
                                mun_json_get_string (item, "mid", ""));
  }
}

static guint
download (const char *bearer, const Mail *mail, GBytes **raw)
{
  g_autofree char *path = g_strdup_printf ("/api/messages/%s/download/", mail->id);

  return test_server_request (server, server->web_port, "GET", path, bearer, NULL, raw);
}

static void
test_bytes (void)
{
  for (guint n = 0; n < N_MAIL; n++) {
    g_autoptr (GBytes) raw = NULL;
    g_autofree char *sha256 = NULL;

    g_assert_cmpuint (download (ann, &mails[n], &raw), ==, 200);
    sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw);
    g_assert_cmpstr (sha256, ==, mails[n].sha256);
  }
}

/* --- whose mail it is --- */

static guint
count_found (const char *bearer, const char *json)
{
  g_autofree char *id = search (bearer, json);
  g_autoptr (JsonArray) items = read_pages (bearer, id, "d-desc", 500);

  return json_array_get_length (items);
}

static guint
get_status (const char *bearer, const char *path)
{
  return test_server_request (server, server->web_port, "GET", path, bearer, NULL, NULL);
}

static void
assert_closed (const char *bearer)
{
  for (guint n = 0; n < N_MAIL; n += 30) {
    g_autofree char *info = g_strdup_printf ("/api/messages/%s/archiveinfo", mails[n].id);

    g_assert_cmpuint (download (bearer, &mails[n], NULL), ==, 403);
    g_assert_cmpuint (get_status (bearer, info), ==, 403);
  }
  g_assert_cmpuint (count_found (bearer, "{}"), ==, 0);
  g_assert_cmpuint (get_status (bearer, "/api/folders?archiveName=ann"), ==, 403);
  g_assert_cmpuint (test_server_request (server, server->web_port, "POST", "/api/searches", bearer,
                                         "{\"folder\":\"ann/Inbox\"}", NULL),
                    ==, 403);
}

static void
sign_in_bob (void)
{
  g_free (bob);
  bob = test_server_sign_in (server, "bob", "b");
}

static void
test_other_user (void)
{
  g_autofree char *kept = NULL;
  g_autofree char *path = NULL;

  assert_closed (bob);
  g_assert_null (test_server_call_ok (server, "SetUserPrivilegesOnFolder",
                                      "userName=bob&folder=ann&privileges=read"));
  sign_in_bob ();
  g_assert_cmpuint (count_found (bob, "{\"query\":\"topic1\"}"), ==, N_MAIL / 5);
  g_assert_cmpuint (download (bob, &mails[0], NULL), ==, 200);
  kept = search (bob, "{}");
  g_assert_null (test_server_call_ok (server, "SetUserPrivilegesOnFolder",
                                      "userName=bob&folder=ann&privileges=none"));
  sign_in_bob ();
  /* what was found under the old rights cannot be paged on */
  path = g_strdup_printf ("/api/searches/%s/results?messageCount=1", kept);
  g_assert_cmpuint (get_status (bob, path), ==, 500);
  assert_closed (bob);
}

static JsonArray *
read_audit (JsonNode **holder)
{
  *holder = test_server_call_ok (server, "GetAuditLog",
                                 "eventType=MessageRetrieveContent&userName=admin");
  return json_node_get_array (*holder);
}

/* An administrator reads only when the setting says so, and each message read is on record. */
static void
test_administrator (void)
{
  const guint n_read = 5;
  g_autoptr (JsonNode) before = NULL;
  g_autoptr (JsonNode) after = NULL;
  JsonArray *events;

  assert_closed (admin);
  g_assert_cmpuint (json_array_get_length (read_audit (&before)), ==, 0);
  g_assert_null (test_server_call_ok (server, "SetComplianceConfiguration",
                                      "config={\"adminArchiveAccess\":true}"));
  g_assert_cmpuint (count_found (admin, "{}"), ==, N_MAIL);
  for (guint n = 0; n < n_read; n++)
    g_assert_cmpuint (download (admin, &mails[n], NULL), ==, 200);
  events = read_audit (&after);
  g_assert_cmpuint (json_array_get_length (events), ==, n_read);
  for (guint n = 0; n < n_read; n++) {
    /* newest first */
    JsonObject *event = json_array_get_object_element (events, n_read - 1 - n);
    const char *details = mun_json_get_string (event, "details", "");

    g_assert_nonnull (strstr (details, mails[n].sha256));
    g_assert_nonnull (strstr (details, folders[n % 4]));
    g_assert_cmpstr (mun_json_get_string (event, "userName", NULL), ==, TEST_ADMIN);
  }
  g_assert_null (test_server_call_ok (server, "SetComplianceConfiguration",
                                      "config={\"adminArchiveAccess\":false}"));
  assert_closed (admin);
}

static void
set_up (void)
{
  g_assert_null (test_server_call_ok (server, "CreateUser",
                                      "userName=ann&privileges=login,archive&password=a"));
  g_assert_null (
      test_server_call_ok (server, "CreateUser", "userName=bob&privileges=login&password=b"));
  ann = test_server_sign_in (server, "ann", "a");
  bob = test_server_sign_in (server, "bob", "b");
  admin = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  for (guint n = 0; n < N_MAIL; n++)
    make_mail (&mails[n], n);
  upload_all ();
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  set_up ();
  g_test_add_func ("/mail/fields", test_fields);
  g_test_add_func ("/mail/orders", test_orders);
  g_test_add_func ("/mail/items", test_items);
  g_test_add_func ("/mail/bytes", test_bytes);
  g_test_add_func ("/mail/other-user", test_other_user);
  g_test_add_func ("/mail/administrator", test_administrator);
  status = g_test_run ();
  for (guint n = 0; n < N_MAIL; n++) {
    g_bytes_unref (mails[n].raw);
    g_free (mails[n].sha256);
    g_free (mails[n].id);
  }
  g_free (ann);
  g_free (bob);
  g_free (admin);
  test_server_free (server);
  return status;
}
