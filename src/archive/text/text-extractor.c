/* text-extractor.c: the text of an attachment, read by another process */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "text-extractor.h"

#include "seal.h"
#include "text-process.h"

#include <string.h>

/* Processes that wait for work; more are ended when they have done theirs. */
#define MAX_IDLE 4
/* A process that has done so much makes room for a fresh one, whatever its libraries keep. */
#define MAX_SERVED 200
/* So long nobody tries again what does not start or ends at once. */
#define PAUSE (5 * G_TIME_SPAN_SECOND)
/* What was read lately. */
#define CACHE_ENTRIES 256
#define CACHE_BYTES (16 * 1024 * 1024)

typedef struct {
  guint8 digest[MUN_DIGEST_SIZE];
  MunTextKind kind;
} Key;

typedef struct {
  Key key;
  MunTextResult *result;
} Entry;

struct _MunTextExtractor {
  gatomicrefcount refs;
  char *program;
  guint seconds;
  GMutex lock;
  GQueue idle;        /* MunTextProcess */
  GQueue recent;      /* Entry, the latest first */
  GHashTable *places; /* Key → its link in recent */
  gsize recent_bytes;
  gboolean has_complained;
  gint64 pause_end;
  guint starts, requests;
};

static guint
hash_key (gconstpointer data)
{
  const Key *key = data;
  guint hash;

  memcpy (&hash, key->digest, sizeof hash);
  return hash ^ key->kind;
}

static gboolean
equal_keys (gconstpointer a, gconstpointer b)
{
  const Key *first = a, *second = b;

  return first->kind == second->kind
         && memcmp (first->digest, second->digest, sizeof first->digest) == 0;
}

static MunTextResult *
result_new (void)
{
  MunTextResult *self = g_new0 (MunTextResult, 1);

  g_atomic_ref_count_init (&self->refs);
  self->items = g_ptr_array_new_with_free_func (mun_text_item_free);
  return self;
}

static MunTextResult *
result_ref (MunTextResult *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mun_text_result_unref (MunTextResult *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_ptr_array_unref (self->items);
  g_free (self);
}

static char *
find_program (void)
{
  const char *chosen = g_getenv ("MUNIMENT_TEXT_PROGRAM");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside
      = folder != NULL ? g_build_filename (folder, "munimentd-text", NULL) : NULL;

  if (chosen != NULL && *chosen != '\0')
    return g_strdup (chosen);
  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_build_filename (MUN_LIBEXECDIR, "munimentd-text", NULL);
}

MunTextExtractor *
mun_text_extractor_new (const char *program, guint seconds)
{
  MunTextExtractor *self = g_new0 (MunTextExtractor, 1);

  g_atomic_ref_count_init (&self->refs);
  self->program = program != NULL ? g_strdup (program) : find_program ();
  self->seconds = seconds > 0 ? seconds : MUN_TEXT_SECONDS;
  self->places = g_hash_table_new (hash_key, equal_keys);
  g_mutex_init (&self->lock);
  return self;
}

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  mun_text_result_unref (entry->result);
  g_free (entry);
}

MunTextExtractor *
mun_text_extractor_ref (MunTextExtractor *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
mun_text_extractor_unref (MunTextExtractor *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_queue_clear_full (&self->idle, (GDestroyNotify)mun_text_process_end);
  g_hash_table_unref (self->places);
  g_queue_clear_full (&self->recent, free_entry);
  g_mutex_clear (&self->lock);
  g_free (self->program);
  g_free (self);
}

/* The rest of these run under the lock. */

static MunTextResult *
recall (MunTextExtractor *self, const Key *key)
{
  GList *place = g_hash_table_lookup (self->places, key);

  if (place == NULL)
    return NULL;
  g_queue_unlink (&self->recent, place);
  g_queue_push_head_link (&self->recent, place);
  return result_ref (((Entry *)place->data)->result);
}

static void
forget_oldest (MunTextExtractor *self)
{
  Entry *entry = g_queue_pop_tail (&self->recent);

  g_hash_table_remove (self->places, &entry->key);
  self->recent_bytes -= entry->result->size;
  free_entry (entry);
}

static void
remember (MunTextExtractor *self, const Key *key, MunTextResult *result)
{
  Entry *entry;

  if (result->size > CACHE_BYTES / 4 || g_hash_table_contains (self->places, key))
    return;
  entry = g_new (Entry, 1);
  entry->key = *key;
  entry->result = result_ref (result);
  g_queue_push_head (&self->recent, entry);
  g_hash_table_insert (self->places, &entry->key, self->recent.head);
  self->recent_bytes += result->size;
  while (self->recent.length > CACHE_ENTRIES || self->recent_bytes > CACHE_BYTES)
    forget_oldest (self);
}

static gboolean
is_pausing (MunTextExtractor *self)
{
  return self->pause_end != 0 && g_get_monotonic_time () < self->pause_end;
}

/* It is the same for every attachment: it is said once, and not tried for each of them. */
static void
complain (MunTextExtractor *self, const char *what, const char *reason)
{
  self->pause_end = g_get_monotonic_time () + PAUSE;
  if (!self->has_complained)
    g_warning ("attachments are archived, but not searchable by what is in them: %s: %s: %s",
               self->program, what, reason);
  self->has_complained = TRUE;
}

static MunTextProcess *
acquire (MunTextExtractor *self)
{
  g_autoptr (GError) error = NULL;
  MunTextProcess *process = g_queue_pop_head (&self->idle);

  if (process == NULL) {
    process = mun_text_process_start (self->program, &error);
    if (process != NULL)
      self->starts++;
    else
      complain (self, "it does not start", error->message);
  }
  return process;
}

static void
give_back (MunTextExtractor *self, MunTextProcess *process)
{
  gboolean is_kept;

  g_mutex_lock (&self->lock);
  is_kept = self->idle.length < MAX_IDLE && mun_text_process_get_served (process) < MAX_SERVED;
  if (is_kept)
    g_queue_push_head (&self->idle, process);
  g_mutex_unlock (&self->lock);
  if (!is_kept)
    mun_text_process_end (process);
}

/* What the process says of why it reads nothing. */
static char *
take_reason (MunTextResult *result)
{
  GString *reason = g_string_new (NULL);

  for (guint i = 0; i < result->items->len; i++) {
    MunTextItem *item = g_ptr_array_index (result->items, i);
    gsize size;
    const char *data = g_bytes_get_data (item->data, &size);

    g_string_append_len (reason, data, MIN (size, 200));
  }
  g_ptr_array_set_size (result->items, 0);
  result->size = 0;
  return g_string_free (reason, FALSE);
}

/* With a process that may have died while it waited. Returns: FALSE when another should be asked.
 */
static gboolean
ask_one (MunTextExtractor *self, MunTextKind kind, GBytes *data, MunTextResult *result)
{
  MunTextProcess *process;
  g_autofree char *reason = NULL;
  gint64 deadline;

  g_mutex_lock (&self->lock);
  process = acquire (self);
  self->requests += process != NULL;
  g_mutex_unlock (&self->lock);
  if (process == NULL)
    return TRUE;
  deadline = g_get_monotonic_time () + self->seconds * G_TIME_SPAN_SECOND;
  if (!mun_text_process_ask (process, kind, data, deadline, result)) {
    mun_text_process_end (process);
    return result->outcome != MUN_TEXT_UNAVAILABLE;
  }
  give_back (self, process);
  if (result->outcome != MUN_TEXT_UNAVAILABLE)
    return TRUE;
  reason = take_reason (result);
  g_mutex_lock (&self->lock);
  complain (self, "it cannot lock itself in", reason);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

MunTextResult *
mun_text_extractor_run (MunTextExtractor *self, MunTextKind kind, GBytes *data)
{
  g_autoptr (MunTextResult) result = NULL;
  gboolean is_done;
  gsize size;
  gconstpointer bytes = g_bytes_get_data (data, &size);
  Key key = { .kind = kind };

  mun_digest (size > 0 ? bytes : "", size, key.digest);
  g_mutex_lock (&self->lock);
  result = recall (self, &key);
  is_done = is_pausing (self);
  g_mutex_unlock (&self->lock);
  if (result != NULL)
    return g_steal_pointer (&result);
  result = result_new ();
  result->outcome = size > MUN_TEXT_MAX_INPUT ? MUN_TEXT_TOO_LARGE : MUN_TEXT_UNAVAILABLE;
  for (guint i = 0; size <= MUN_TEXT_MAX_INPUT && i <= MAX_IDLE && !is_done; i++)
    is_done = ask_one (self, kind, data, result);
  g_mutex_lock (&self->lock);
  if (result->outcome != MUN_TEXT_UNAVAILABLE)
    remember (self, &key, result);
  else if (!is_done)
    complain (self, "it does not run", "it ends before it is asked anything");
  g_mutex_unlock (&self->lock);
  return g_steal_pointer (&result);
}

guint
mun_text_extractor_get_starts (MunTextExtractor *self)
{
  guint starts;

  g_mutex_lock (&self->lock);
  starts = self->starts;
  g_mutex_unlock (&self->lock);
  return starts;
}

guint
mun_text_extractor_get_requests (MunTextExtractor *self)
{
  guint requests;

  g_mutex_lock (&self->lock);
  requests = self->requests;
  g_mutex_unlock (&self->lock);
  return requests;
}
