/* report.c: counts and failures of a run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "report.h"

#include "json.h"

/* Log lines kept; then the oldest go. */
#define MAX_LOG_LINES 2000u

typedef struct {
  MunReportKind kind;
  char *item;
  char *step;
  char *reason;
} Item;

typedef struct {
  char *path;
  MunReportCounts counts;
  GPtrArray *items; /* of Item */
  guint more;       /* items that found no place */
} Folder;

typedef struct {
  char *name;
  GPtrArray *folders; /* of Folder */
} Mailbox;

struct _MunReport {
  GPtrArray *mailboxes;
  Mailbox *mailbox;
  Folder *folder;
  MunReportCounts totals;
  GQueue log;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_free (item->item);
  g_free (item->step);
  g_free (item->reason);
  g_free (item);
}

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  g_free (folder->path);
  g_ptr_array_unref (folder->items);
  g_free (folder);
}

static void
mailbox_free (gpointer data)
{
  Mailbox *mailbox = data;

  g_free (mailbox->name);
  g_ptr_array_unref (mailbox->folders);
  g_free (mailbox);
}

MunReport *
mun_report_new (void)
{
  MunReport *self = g_new0 (MunReport, 1);

  self->mailboxes = g_ptr_array_new_with_free_func (mailbox_free);
  g_queue_init (&self->log);
  return self;
}

void
mun_report_free (MunReport *self)
{
  g_ptr_array_unref (self->mailboxes);
  g_queue_clear_full (&self->log, g_free);
  g_free (self);
}

static Mailbox *
find_mailbox (MunReport *self, const char *name)
{
  Mailbox *mailbox;

  for (guint i = 0; i < self->mailboxes->len; i++) {
    mailbox = self->mailboxes->pdata[i];
    if (g_str_equal (mailbox->name, name))
      return mailbox;
  }
  mailbox = g_new0 (Mailbox, 1);
  mailbox->name = g_strdup (name);
  mailbox->folders = g_ptr_array_new_with_free_func (folder_free);
  g_ptr_array_add (self->mailboxes, mailbox);
  return mailbox;
}

static Folder *
find_folder (Mailbox *mailbox, const char *path)
{
  Folder *folder;

  for (guint i = 0; i < mailbox->folders->len; i++) {
    folder = mailbox->folders->pdata[i];
    if (g_str_equal (folder->path, path))
      return folder;
  }
  folder = g_new0 (Folder, 1);
  folder->path = g_strdup (path);
  folder->items = g_ptr_array_new_with_free_func (item_free);
  g_ptr_array_add (mailbox->folders, folder);
  return folder;
}

void
mun_report_enter (MunReport *self, const char *mailbox, const char *folder)
{
  if (self->mailbox == NULL || !g_str_equal (self->mailbox->name, mailbox))
    self->mailbox = find_mailbox (self, mailbox);
  self->folder = find_folder (self->mailbox, folder);
}

void
mun_report_add_archived (MunReport *self, gsize bytes)
{
  self->folder->counts.archived++;
  self->folder->counts.bytes += bytes;
  self->totals.archived++;
  self->totals.bytes += bytes;
}

void
mun_report_add_known (MunReport *self, gboolean moved)
{
  self->folder->counts.skipped++;
  self->totals.skipped++;
  if (moved) {
    self->folder->counts.moved++;
    self->totals.moved++;
  }
}

void
mun_report_add_item (MunReport *self, MunReportKind kind, const char *item, const char *step,
                     const char *reason)
{
  Item *entry;

  if (kind == MUN_REPORT_FAILED) {
    self->folder->counts.failed++;
    self->totals.failed++;
  } else if (kind == MUN_REPORT_SKIPPED) {
    self->folder->counts.skipped++;
    self->totals.skipped++;
  }
  if (self->folder->items->len >= MUN_REPORT_MAX_ITEMS) {
    self->folder->more++;
    return;
  }
  entry = g_new0 (Item, 1);
  entry->kind = kind;
  entry->item = g_strdup (item);
  entry->step = g_strdup (step);
  entry->reason = g_strdup (reason);
  g_ptr_array_add (self->folder->items, entry);
}

void
mun_report_log (MunReport *self, const char *format, ...)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S UTC");
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (g_queue_get_length (&self->log) >= MAX_LOG_LINES)
    g_free (g_queue_pop_head (&self->log));
  g_queue_push_tail (&self->log, g_strconcat (time, "  ", text, NULL));
}

const MunReportCounts *
mun_report_get_totals (MunReport *self)
{
  return &self->totals;
}

const MunReportCounts *
mun_report_get_folder (MunReport *self)
{
  return &self->folder->counts;
}

static void
set_counts (JsonObject *object, const MunReportCounts *counts)
{
  json_object_set_int_member (object, "archived", (gint64)counts->archived);
  json_object_set_int_member (object, "skipped", (gint64)counts->skipped);
  json_object_set_int_member (object, "moved", (gint64)counts->moved);
  json_object_set_int_member (object, "failed", (gint64)counts->failed);
  json_object_set_int_member (object, "bytes", (gint64)counts->bytes);
}

static JsonArray *
items_to_json (GPtrArray *items)
{
  static const char *const kinds[] = { "failed", "skipped", "note" };
  JsonArray *array = json_array_new ();

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (guint i = 0; i < items->len; i++) {
      const Item *item = items->pdata[i];
      JsonObject *object;

      if (item->kind != (MunReportKind)kind)
        continue;
      object = json_object_new ();
      mun_json_set_text (object, "item", item->item);
      mun_json_set_text (object, "step", item->step);
      mun_json_set_text (object, "reason", item->reason);
      json_object_set_string_member (object, "kind", kinds[kind]);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonObject *
folder_to_json (const Folder *folder)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "folder", folder->path);
  set_counts (object, &folder->counts);
  json_object_set_array_member (object, "items", items_to_json (folder->items));
  json_object_set_int_member (object, "moreItems", folder->more);
  return object;
}

static gboolean
has_failed (const Mailbox *mailbox)
{
  for (guint i = 0; i < mailbox->folders->len; i++)
    if (((const Folder *)mailbox->folders->pdata[i])->counts.failed > 0)
      return TRUE;
  return FALSE;
}

static JsonObject *
mailbox_to_json (const Mailbox *mailbox)
{
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  for (int failed = 1; failed >= 0; failed--)
    for (guint i = 0; i < mailbox->folders->len; i++) {
      const Folder *folder = mailbox->folders->pdata[i];

      if ((folder->counts.failed > 0) == failed)
        json_array_add_object_element (array, folder_to_json (folder));
    }
  json_object_set_string_member (object, "mailbox", mailbox->name);
  json_object_set_array_member (object, "folders", array);
  return object;
}

static char *
log_to_text (MunReport *self)
{
  GString *text = g_string_new (NULL);

  for (GList *l = self->log.head; l != NULL; l = l->next)
    g_string_append_printf (text, "%s\n", (const char *)l->data);
  return g_string_free (text, FALSE);
}

JsonObject *
mun_report_to_json (MunReport *self)
{
  JsonObject *object = json_object_new ();
  JsonObject *counts = json_object_new ();
  JsonArray *array = json_array_new ();
  g_autofree char *log = log_to_text (self);

  for (int failed = 1; failed >= 0; failed--)
    for (guint i = 0; i < self->mailboxes->len; i++) {
      const Mailbox *mailbox = self->mailboxes->pdata[i];

      if (has_failed (mailbox) == failed)
        json_array_add_object_element (array, mailbox_to_json (mailbox));
    }
  set_counts (counts, &self->totals);
  json_object_set_string_member (object, "log", log);
  json_object_set_object_member (object, "counts", counts);
  json_object_set_array_member (object, "mailboxes", array);
  return object;
}
