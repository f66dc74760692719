/* accounts.c: who somebody is, and what they may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "accounts.h"

#include "errors.h"
#include "json.h"
#include "master.h"
#include "secret.h"
#include "text.h"

#include <crypt.h>
#include <string.h>

#define VERIFIED_SECONDS 300
/* The first wrong passwords are typing mistakes; after them each one doubles the wait */
#define FREE_FAILURES 3
#define FIRST_DELAY_MILLISECONDS 250
#define LONGEST_DELAY_MILLISECONDS 8000
#define FORGIVE_SECONDS 600
/* Attempts under way at once: from one address, and in all */
#define ADDRESS_ATTEMPTS_MAX 16
#define ATTEMPTS_MAX 256
#define FAILURES_MAX 10000
#define KEY_BYTES 32

typedef struct {
  char *name; /* as the account is written */
  char *mac;  /* HMAC of user name and password */
  gint64 until;
} Verified;

typedef struct {
  guint count;
  gint64 last;
} Failures;

struct _MunAccounts {
  MunMaster *master;
  MunSecret *key;   /* of this process, for the HMACs */
  char *dummy_hash; /* what unknown users are checked against, so that they take as long */

  GMutex lock;          /* guards what follows */
  GHashTable *verified; /* user name in lower case -> Verified */
  guint forgotten;      /* grows whenever a password may have changed */
  GHashTable *failures; /* "u" + user name, "a" + address -> Failures */
  GHashTable *attempts; /* address -> number of attempts under way */
  guint n_attempts;

  /* main loop only */
  GList *delayed; /* GSource: attempts that wait for their turn */
  gboolean stopping;
};

typedef struct {
  MunAccounts *accounts;
  gboolean counted;
  char *user_name;
  MunSecret *password;
  char *address;
} Attempt;

static void
verified_free (gpointer data)
{
  Verified *verified = data;

  g_free (verified->name);
  g_free (verified->mac);
  g_free (verified);
}

/* Takes a place for the attempt. Returns: FALSE when there is none. */
static gboolean
attempt_enter (Attempt *attempt)
{
  MunAccounts *self = attempt->accounts;
  guint count;

  g_mutex_lock (&self->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->attempts, attempt->address));
  attempt->counted = count < ADDRESS_ATTEMPTS_MAX && self->n_attempts < ATTEMPTS_MAX;
  if (attempt->counted) {
    self->n_attempts++;
    g_hash_table_replace (self->attempts, g_strdup (attempt->address),
                          GUINT_TO_POINTER (count + 1));
  }
  g_mutex_unlock (&self->lock);
  return attempt->counted;
}

static void
attempt_leave (Attempt *attempt)
{
  MunAccounts *self = attempt->accounts;
  guint count;

  g_mutex_lock (&self->lock);
  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->attempts, attempt->address));
  self->n_attempts--;
  if (count > 1)
    g_hash_table_replace (self->attempts, g_strdup (attempt->address),
                          GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (self->attempts, attempt->address);
  g_mutex_unlock (&self->lock);
}

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  if (attempt->counted)
    attempt_leave (attempt);
  mun_accounts_unref (attempt->accounts);
  g_free (attempt->user_name);
  mun_secret_unref (attempt->password);
  g_free (attempt->address);
  g_free (attempt);
}

char *
mun_accounts_hash (const char *password, GError **error)
{
  char salt[CRYPT_GENSALT_OUTPUT_SIZE];
  g_autofree struct crypt_data *data = g_new0 (struct crypt_data, 1);
  char *hash = NULL;

  /* "$y$" is yescrypt; cost 0 is the library's default, NULL takes the kernel's random bytes
   * (crypt_gensalt(3)) */
  if (crypt_gensalt_rn ("$y$", 0, NULL, 0, salt, sizeof salt) != NULL)
    hash = g_strdup (crypt_rn (password, salt, data, sizeof *data));
  mun_secret_wipe (data, sizeof *data);
  if (hash == NULL)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_FAILED,
                         "The password could not be hashed: libcrypt refused it");
  return hash;
}

static gboolean
matches (const char *password, const char *hash)
{
  g_autofree struct crypt_data *data = g_new0 (struct crypt_data, 1);
  const char *again = crypt_rn (password, hash, data, sizeof *data);
  gboolean equal = again != NULL && mun_text_equal_secret (again, hash);

  mun_secret_wipe (data, sizeof *data);
  return equal;
}

MunAccounts *
mun_accounts_new (MunMaster *master)
{
  MunAccounts *self = g_atomic_rc_box_new0 (MunAccounts);
  g_autofree char *unknown = mun_text_random_hex (KEY_BYTES);

  self->master = g_object_ref (master);
  self->key = mun_secret_new_take_string (mun_text_random_hex (KEY_BYTES));
  self->dummy_hash = mun_accounts_hash (unknown, NULL);
  g_mutex_init (&self->lock);
  self->verified = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, verified_free);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->attempts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

static void
clear (gpointer data)
{
  MunAccounts *self = data;

  g_object_unref (self->master);
  mun_secret_unref (self->key);
  g_free (self->dummy_hash);
  g_mutex_clear (&self->lock);
  g_hash_table_unref (self->verified);
  g_hash_table_unref (self->failures);
  g_hash_table_unref (self->attempts);
}

void
mun_accounts_unref (MunAccounts *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static char *
dup_mac (MunAccounts *self, const char *user_name, const char *password)
{
  gsize length;
  const guint8 *key = mun_secret_get_data (self->key, &length);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, key, length);

  /* with the NUL between them, no two pairs give the same bytes */
  g_hmac_update (hmac, (const guint8 *)user_name, strlen (user_name) + 1);
  g_hmac_update (hmac, (const guint8 *)password, strlen (password));
  return g_strdup (g_hmac_get_string (hmac));
}

/* Returns: (transfer full) (nullable): the name as the account is written, when this pair was right
 * a short time ago. */
static char *
dup_verified (MunAccounts *self, const char *user_name, const char *password)
{
  g_autofree char *key = g_ascii_strdown (user_name, -1);
  g_autofree char *mac = dup_mac (self, key, password);
  Verified *verified;
  char *name = NULL;

  g_mutex_lock (&self->lock);
  verified = g_hash_table_lookup (self->verified, key);
  if (verified != NULL && verified->until > g_get_monotonic_time ()
      && mun_text_equal_secret (verified->mac, mac))
    name = g_strdup (verified->name);
  g_mutex_unlock (&self->lock);
  return name;
}

/* @forgotten: what it was before the password was read: one that was changed meanwhile must not
 * come back. */
static void
remember (MunAccounts *self, const char *name, const char *password, guint forgotten)
{
  char *key = g_ascii_strdown (name, -1);
  Verified *verified = g_new0 (Verified, 1);

  verified->name = g_strdup (name);
  verified->mac = dup_mac (self, key, password);
  verified->until = g_get_monotonic_time () + VERIFIED_SECONDS * G_USEC_PER_SEC;
  g_mutex_lock (&self->lock);
  if (forgotten == self->forgotten)
    g_hash_table_replace (self->verified, g_steal_pointer (&key), g_steal_pointer (&verified));
  g_mutex_unlock (&self->lock);
  g_free (key);
  g_clear_pointer (&verified, verified_free);
}

static guint
count_forgotten (MunAccounts *self)
{
  guint forgotten;

  g_mutex_lock (&self->lock);
  forgotten = self->forgotten;
  g_mutex_unlock (&self->lock);
  return forgotten;
}

void
mun_accounts_forget (MunAccounts *self, const char *user_name)
{
  g_autofree char *key = g_ascii_strdown (user_name, -1);

  g_mutex_lock (&self->lock);
  self->forgotten++;
  g_hash_table_remove (self->verified, key);
  g_mutex_unlock (&self->lock);
}

/* --- slowing down --- */

static char *
account_key (const char *user_name)
{
  g_autofree char *name = g_ascii_strdown (user_name, -1);

  return g_strconcat ("u", name, NULL);
}

static char *
address_key (const char *address)
{
  return g_strconcat ("a", address, NULL);
}

/* Under the lock. Returns: the count, 0 when the last one is long ago. */
static guint
count_failures (MunAccounts *self, const char *key)
{
  Failures *failures = g_hash_table_lookup (self->failures, key);

  if (failures == NULL)
    return 0;
  if (failures->last + FORGIVE_SECONDS * G_USEC_PER_SEC < g_get_monotonic_time ()) {
    g_hash_table_remove (self->failures, key);
    return 0;
  }
  return failures->count;
}

/* Under the lock; takes @key. */
static void
add_failure (MunAccounts *self, char *key)
{
  guint count = count_failures (self, key);
  Failures *failures = g_new0 (Failures, 1);

  /* names come from outside: the table must not grow without end */
  if (g_hash_table_size (self->failures) >= FAILURES_MAX)
    g_hash_table_remove_all (self->failures);
  failures->count = count + 1;
  failures->last = g_get_monotonic_time ();
  g_hash_table_replace (self->failures, key, failures);
}

static void
record_outcome (MunAccounts *self, const Attempt *attempt, gboolean right)
{
  g_autofree char *account = account_key (attempt->user_name);
  g_autofree char *address = address_key (attempt->address);

  g_mutex_lock (&self->lock);
  if (right) {
    g_hash_table_remove (self->failures, account);
    g_hash_table_remove (self->failures, address);
  } else {
    add_failure (self, g_steal_pointer (&account));
    add_failure (self, g_steal_pointer (&address));
  }
  g_mutex_unlock (&self->lock);
}

static guint
get_delay (MunAccounts *self, const Attempt *attempt)
{
  g_autofree char *account = account_key (attempt->user_name);
  g_autofree char *address = address_key (attempt->address);
  guint count, delay = FIRST_DELAY_MILLISECONDS;

  g_mutex_lock (&self->lock);
  count = MAX (count_failures (self, account), count_failures (self, address));
  g_mutex_unlock (&self->lock);
  if (count < FREE_FAILURES)
    return 0;
  for (; count > FREE_FAILURES && delay < LONGEST_DELAY_MILLISECONDS; count--)
    delay *= 2;
  return MIN (delay, LONGEST_DELAY_MILLISECONDS);
}

/* --- checking --- */

static void
check_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Attempt *attempt = data;
  MunAccounts *self = attempt->accounts;
  const char *password = mun_secret_get_string (attempt->password);
  guint forgotten = count_forgotten (self);
  g_autoptr (JsonObject) user = mun_master_get_user (self->master, attempt->user_name, NULL);
  g_autofree char *hash = NULL;
  const char *name = NULL;
  gboolean right;

  if (user != NULL) {
    hash = mun_master_get_password (self->master, attempt->user_name, NULL);
    name = mun_json_get_string (user, "userName", attempt->user_name);
  }
  right = matches (password, hash != NULL ? hash : self->dummy_hash) && hash != NULL;
  /* somebody whom the directory authenticates has no password here that counts */
  if (user != NULL
      && strcmp (mun_json_get_string (user, "authentication", "integrated"), "integrated") != 0)
    right = FALSE;
  record_outcome (self, attempt, right);
  if (right) {
    remember (self, name, password, forgotten);
    g_task_return_pointer (task, g_strdup (name), g_free);
  } else {
    g_autofree char *shown = g_strescape (attempt->user_name, NULL);

    g_info ("Wrong user name or password for \"%s\" from %s", shown, attempt->address);
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_AUTHENTICATION,
                             "User %s: wrong user name or password", attempt->user_name);
  }
}

static gboolean
delay_over_cb (gpointer data)
{
  GTask *task = data;
  Attempt *attempt = g_task_get_task_data (task);
  MunAccounts *self = attempt->accounts;

  self->delayed = g_list_remove (self->delayed, g_main_current_source ());
  if (self->stopping)
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_BUSY, "User %s: the server is stopping",
                             attempt->user_name);
  else
    g_task_run_in_thread (task, check_in_thread);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

void
mun_accounts_stop (MunAccounts *self)
{
  self->stopping = TRUE;
  for (GList *link = self->delayed; link != NULL; link = link->next)
    g_source_set_ready_time (link->data, 0);
}

void
mun_accounts_check_async (MunAccounts *self, const char *user_name, const char *password,
                          const char *address, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  Attempt *attempt = g_new0 (Attempt, 1);
  g_autoptr (GSource) source = NULL;
  char *known = dup_verified (self, user_name, password);
  guint delay;

  attempt->accounts = g_atomic_rc_box_acquire (self);
  attempt->user_name = g_strdup (user_name);
  attempt->password = mun_secret_new (password, strlen (password));
  attempt->address = g_strdup (address);
  g_task_set_source_tag (task, mun_accounts_check_async);
  g_task_set_task_data (task, attempt, attempt_free);
  if (known != NULL) {
    g_task_return_pointer (task, known, g_free);
    return;
  }
  if (self->stopping || !attempt_enter (attempt)) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_THROTTLED,
                             "User %s: too many attempts at once, try again later", user_name);
    return;
  }
  delay = get_delay (self, attempt);
  if (delay == 0) {
    g_task_run_in_thread (task, check_in_thread);
    return;
  }
  source = g_timeout_source_new (delay);
  g_source_set_callback (source, delay_over_cb, g_steal_pointer (&task), NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  self->delayed = g_list_prepend (self->delayed, source);
}

char *
mun_accounts_check_finish (MunAccounts *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- what a user may do --- */

static gboolean
contains (JsonObject *object, const char *member, const char *value)
{
  g_auto (GStrv) values = mun_json_dup_strings (object, member);

  return g_strv_contains ((const char *const *)values, value);
}

gboolean
mun_account_is_admin (JsonObject *user)
{
  return contains (user, "privileges", "admin");
}

gboolean
mun_account_has_privilege (JsonObject *user, const char *privilege)
{
  return mun_account_is_admin (user) || contains (user, "privileges", privilege);
}

gboolean
mun_account_may_login (JsonObject *user, const char *kind)
{
  return mun_account_has_privilege (user, "login")
         && (!mun_json_has (user, "loginPrivileges") || contains (user, "loginPrivileges", kind));
}
