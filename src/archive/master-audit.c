/* master-audit.c: the installation's database: records of the audit log, committed in groups */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "json.h"
#include "master-private.h"

/* What somebody waits for until it is durable. */
typedef struct {
  const MunAuditRecord *records;
  char **texts; /* of their documents, nullable */
  guint n_records;
  gint64 at;
  gboolean done, ok;
  GError *error;
  GCond turn; /* it is done, or the next to write for all who wait */
} Entry;

static gboolean
insert (MunMaster *self, const Entry *entry, GError **error)
{
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < entry->n_records; i++)
    ok = mun_database_run (
        self->database, error,
        "INSERT INTO audit (at, user_name, event, document) VALUES (?1, ?2, ?3, ?4)", "isss",
        entry->at, entry->records[i].user_name, entry->records[i].event_type, entry->texts[i]);
  return ok;
}

/* All of them in one commit. */
static gboolean
insert_group (MunMaster *self, GList *entries, GError **error)
{
  gboolean ok = mun_database_exec (self->database, "BEGIN IMMEDIATE", error);

  if (!ok)
    return FALSE;
  for (GList *l = entries; ok && l != NULL; l = l->next)
    ok = insert (self, l->data, error);
  if (ok && mun_database_exec (self->database, "COMMIT", error))
    return TRUE;
  mun_database_exec (self->database, "ROLLBACK", NULL);
  return FALSE;
}

static gboolean
insert_alone (MunMaster *self, Entry *entry)
{
  GList list = { .data = entry };

  return entry->n_records == 1 ? insert (self, entry, &entry->error)
                               : insert_group (self, &list, &entry->error);
}

static void
write_group (MunMaster *self, GQueue *group)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean ok = group->length > 1 && insert_group (self, group->head, NULL);

  /* Alone, or because one of them spoilt it for all. */
  for (GList *l = group->head; l != NULL; l = l->next) {
    Entry *entry = l->data;

    entry->ok = ok || insert_alone (self, entry);
  }
}

/* Who comes while another one's commit is under way waits for it, and goes into the next with all
 * who did: a commit costs as much for one record as for many. */
static void
write_or_wait (MunMaster *self, Entry *entry)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->audit_lock);
  GQueue group = G_QUEUE_INIT;
  Entry *next;

  g_queue_push_tail (&self->audit_waiting, entry);
  while (!entry->done && self->audit_writing)
    g_cond_wait (&entry->turn, &self->audit_lock);
  if (entry->done)
    return;
  group = self->audit_waiting;
  g_queue_init (&self->audit_waiting);
  self->audit_writing = TRUE;
  g_mutex_unlock (&self->audit_lock);
  write_group (self, &group);
  g_mutex_lock (&self->audit_lock);
  self->audit_writing = FALSE;
  for (GList *l = group.head; l != NULL; l = l->next) {
    Entry *written = l->data;

    written->done = TRUE;
    g_cond_signal (&written->turn);
  }
  g_queue_clear (&group);
  next = g_queue_peek_head (&self->audit_waiting);
  if (next != NULL)
    g_cond_signal (&next->turn);
}

gboolean
mun_master_append_audits (MunMaster *self, const MunAuditRecord *records, guint n_records,
                          GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  Entry entry = { .records = records, .n_records = n_records, .at = mun_master_now () };

  if (n_records == 0)
    return TRUE;
  for (guint i = 0; i < n_records; i++)
    g_ptr_array_add (texts, records[i].document != NULL
                                ? mun_json_object_to_string (records[i].document)
                                : NULL);
  entry.texts = (char **)texts->pdata;
  g_cond_init (&entry.turn);
  write_or_wait (self, &entry);
  g_cond_clear (&entry.turn);
  if (!entry.ok)
    g_propagate_error (error, entry.error);
  return entry.ok;
}

gboolean
mun_master_append_audit (MunMaster *self, const char *user_name, const char *event_type,
                         JsonObject *document, GError **error)
{
  MunAuditRecord record = { user_name, event_type, document };

  return mun_master_append_audits (self, &record, 1, error);
}
