/* test-server.h: a real munimentd for tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

/* What the administrator "admin" has on servers started here. */
#define TEST_ADMIN "admin"
#define TEST_PASSWORD "correct horse"

typedef struct {
  char *data_dir;
  gboolean own_dir; /* made here, removed with the server */
  GSubprocess *process;
  guint16 admin_port;
  guint16 web_port;
  char *fingerprint;
  char *ready_line;
  SoupSession *session; /* accepts the server's certificate and no other */
} TestServer;

/* Starts munimentd --session on free ports and waits for its ready line; aborts the test when that
 * does not come. @data_dir: NULL makes a new one. @options: further ones, NULL-terminated, or NULL.
 * The program is $MUNIMENT_SERVER, else the one of the build folder ($MUNIMENT_BUILD_DIR). */
TestServer *
test_server_start (const char *data_dir, const char *const *options);

/* The same with @options alone ("--session" is one of them), and with this on its standard input.
 */
TestServer *
test_server_start_with (const char *data_dir, const char *const *options, const char *input);

/* Sends the signal and waits for the end. Returns: the exit code, or -1 when a signal killed it. */
int
test_server_stop (TestServer *self, int signal);

/* Stops it if it runs, and removes the data directory if it was made here. */
void
test_server_free (TestServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestServer, test_server_free)

/* Returns: (transfer full): the program's path. */
char *
test_server_dup_program (void);

/* --- Administration API --- */

/* Returns: (transfer full): "Basic …" */
char *
test_basic (const char *user, const char *password);

/* One request. @authorization, @body: nullable. @reply: (out) (optional). Returns: the status, 0
 * when there was none. */
guint
test_server_request (TestServer *self, guint16 port, const char *method, const char *path,
                     const char *authorization, const char *body, GBytes **reply);

/* Calls a function as @user with a form body and follows it to its end.
 * Returns: (transfer full): the last envelope. */
JsonObject *
test_server_call_as (TestServer *self, const char *user, const char *password, const char *function,
                     const char *form);
JsonObject *
test_server_call (TestServer *self, const char *function, const char *form);

/* The same, and the call must succeed. Returns: (transfer full) (nullable): its result. */
JsonNode *
test_server_call_ok (TestServer *self, const char *function, const char *form);
/* The same, and it must fail. Returns: (transfer full): the message. */
char *
test_server_call_error (TestServer *self, const char *function, const char *form);

/* --- Web Access API --- */

/* Returns: (transfer full): "Bearer …"; the sign-in must succeed. */
char *
test_server_sign_in (TestServer *self, const char *user, const char *password);

/* GET with a JSON reply, which must have this status. */
JsonNode *
test_server_get (TestServer *self, const char *bearer, const char *path, guint status);
/* POST of JSON text. */
JsonNode *
test_server_post (TestServer *self, const char *bearer, const char *path, const char *json,
                  guint status);
/* Uploads messages (NULL-terminated texts). Returns: (transfer full): the reply. */
JsonObject *
test_server_upload (TestServer *self, const char *bearer, const char *folder,
                    const char *const *messages);

/* The same with any bytes. @messages: (element-type GBytes) */
JsonObject *
test_server_upload_bytes (TestServer *self, const char *bearer, const char *folder,
                          GPtrArray *messages);

/* Returns: (transfer full): a small message with this subject and body. */
char *
test_message (const char *subject, const char *from, const char *to, const char *body);
