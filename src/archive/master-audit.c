/* master-audit.c: the installation's database: records of the audit log, committed in groups */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "json.h"
#include "master-private.h"

/* One that waits until it is durable. */
typedef struct {
  const char *user_name, *event;
  char *text; /* nullable */
  gint64 at;
  gboolean done, ok;
  GError *error;
} Entry;

static gboolean
insert (MunMaster *self, const Entry *entry, GError **error)
{
  return mun_database_run (
      self->database, error,
      "INSERT INTO audit (at, user_name, event, document) VALUES (?1, ?2, ?3, ?4)", "isss",
      entry->at, entry->user_name, entry->event, entry->text);
}

/* All of them in one commit. */
static gboolean
insert_group (MunMaster *self, GQueue *group)
{
  gboolean ok = mun_database_exec (self->database, "BEGIN IMMEDIATE", NULL);

  if (!ok)
    return FALSE;
  for (GList *l = group->head; ok && l != NULL; l = l->next)
    ok = insert (self, l->data, NULL);
  if (ok && mun_database_exec (self->database, "COMMIT", NULL))
    return TRUE;
  mun_database_exec (self->database, "ROLLBACK", NULL);
  return FALSE;
}

static void
write_group (MunMaster *self, GQueue *group)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean ok = group->length > 1 && insert_group (self, group);

  /* Alone, or because one of them spoilt it for all. */
  for (GList *l = group->head; l != NULL; l = l->next) {
    Entry *entry = l->data;

    entry->ok = ok || insert (self, entry, &entry->error);
  }
}

/* Who comes while another one's commit is under way waits for it, and goes into the next with all
 * who did: a commit costs as much for one record as for many. */
static void
write_or_wait (MunMaster *self, Entry *entry)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->audit_lock);
  GQueue group = G_QUEUE_INIT;

  g_queue_push_tail (&self->audit_waiting, entry);
  while (!entry->done && self->audit_writing)
    g_cond_wait (&self->audit_done, &self->audit_lock);
  if (entry->done)
    return;
  group = self->audit_waiting;
  g_queue_init (&self->audit_waiting);
  self->audit_writing = TRUE;
  g_mutex_unlock (&self->audit_lock);
  write_group (self, &group);
  g_mutex_lock (&self->audit_lock);
  self->audit_writing = FALSE;
  for (GList *l = group.head; l != NULL; l = l->next)
    ((Entry *)l->data)->done = TRUE;
  g_queue_clear (&group);
  g_cond_broadcast (&self->audit_done);
}

gboolean
mun_master_append_audit (MunMaster *self, const char *user_name, const char *event_type,
                         JsonObject *document, GError **error)
{
  g_autofree char *text = document != NULL ? mun_json_object_to_string (document) : NULL;
  Entry entry = { user_name, event_type, text, mun_master_now (), FALSE, FALSE, NULL };

  write_or_wait (self, &entry);
  if (!entry.ok)
    g_propagate_error (error, entry.error);
  return entry.ok;
}
