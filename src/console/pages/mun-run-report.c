/* mun-run-report.c: the report of one run as a tree: mailboxes, folders, messages that failed (no
 * GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-run-report.h"

#include "json.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunReportNode {
  GObject parent_instance;
  MunReportKind kind;
  char *title;
  char *reason;
  gint64 archived;
  gint64 skipped;
  gint64 failed;
  GListStore *children;
};

G_DEFINE_FINAL_TYPE (MunReportNode, mun_report_node, G_TYPE_OBJECT)

static void
mun_report_node_finalize (GObject *object)
{
  MunReportNode *self = MUN_REPORT_NODE (object);

  g_free (self->title);
  g_free (self->reason);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (mun_report_node_parent_class)->finalize (object);
}

static void
mun_report_node_class_init (MunReportNodeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_report_node_finalize;
}

static void
mun_report_node_init (MunReportNode *self)
{
}

static int
compare_failed (gconstpointer a, gconstpointer b, gpointer data)
{
  const MunReportNode *left = a, *right = b;

  if ((left->failed > 0) != (right->failed > 0))
    return left->failed > 0 ? -1 : 1;
  return 0;
}

/* g_list_store_sort is stable: within the two halves the server's order stays. */
static void
take_children (MunReportNode *self, GPtrArray *children)
{
  if (children->len == 0)
    return;
  self->children = g_list_store_new (MUN_TYPE_REPORT_NODE);
  g_list_store_splice (self->children, 0, 0, children->pdata, children->len);
  g_list_store_sort (self->children, compare_failed, NULL);
}

static MunReportNode *
item_new (JsonObject *object)
{
  MunReportNode *self = g_object_new (MUN_TYPE_REPORT_NODE, NULL);
  const char *step = mun_json_get_string (object, "step", "");
  const char *reason = mun_json_get_string (object, "reason", "");

  self->kind = MUN_REPORT_ITEM;
  self->failed = 1;
  self->title = g_strdup (mun_json_get_string (object, "item", ""));
  self->reason = *step != '\0' ? g_strdup_printf (_ ("%s: %s"), step, reason) : g_strdup (reason);
  return self;
}

typedef MunReportNode *(*MakeNode) (JsonObject *object);

static GPtrArray *
make_nodes (JsonObject *object, const char *member, MakeNode make)
{
  GPtrArray *nodes = g_ptr_array_new_with_free_func (g_object_unref);
  JsonArray *array = mun_json_get_array (object, member);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      g_ptr_array_add (nodes, make (json_node_get_object (node)));
  }
  return nodes;
}

static MunReportNode *
folder_new (JsonObject *object)
{
  MunReportNode *self = g_object_new (MUN_TYPE_REPORT_NODE, NULL);
  g_autoptr (GPtrArray) items = make_nodes (object, "items", item_new);

  self->kind = MUN_REPORT_FOLDER;
  self->title = g_strdup (mun_json_get_string (object, "folder", ""));
  self->reason = g_strdup ("");
  self->archived = mun_json_get_int (object, "archived", 0);
  self->skipped = mun_json_get_int (object, "skipped", 0);
  self->failed = MAX (mun_json_get_int (object, "failed", 0), (gint64)items->len);
  take_children (self, items);
  return self;
}

static MunReportNode *
mailbox_new (JsonObject *object)
{
  MunReportNode *self = g_object_new (MUN_TYPE_REPORT_NODE, NULL);
  g_autoptr (GPtrArray) folders = make_nodes (object, "folders", folder_new);

  self->kind = MUN_REPORT_MAILBOX;
  self->title = g_strdup (mun_json_get_string (object, "mailbox", ""));
  self->reason = g_strdup (mun_json_get_string (object, "error", ""));
  for (guint i = 0; i < folders->len; i++) {
    MunReportNode *folder = g_ptr_array_index (folders, i);

    self->archived += folder->archived;
    self->skipped += folder->skipped;
    self->failed += folder->failed;
  }
  if (*self->reason != '\0' && self->failed == 0)
    self->failed = 1;
  take_children (self, folders);
  return self;
}

GListStore *
mun_run_report_new (JsonNode *report)
{
  GListStore *store = g_list_store_new (MUN_TYPE_REPORT_NODE);
  g_autoptr (GPtrArray) mailboxes = NULL;

  if (report == NULL || !JSON_NODE_HOLDS_OBJECT (report))
    return store;
  mailboxes = make_nodes (json_node_get_object (report), "mailboxes", mailbox_new);
  g_list_store_splice (store, 0, 0, mailboxes->pdata, mailboxes->len);
  g_list_store_sort (store, compare_failed, NULL);
  return store;
}

MunReportKind
mun_report_node_get_kind (MunReportNode *self)
{
  return self->kind;
}

const char *
mun_report_node_get_title (MunReportNode *self)
{
  return self->title;
}

const char *
mun_report_node_get_reason (MunReportNode *self)
{
  return self->reason;
}

gint64
mun_report_node_get_archived (MunReportNode *self)
{
  return self->archived;
}

gint64
mun_report_node_get_skipped (MunReportNode *self)
{
  return self->skipped;
}

gint64
mun_report_node_get_failed (MunReportNode *self)
{
  return self->failed;
}

GListModel *
mun_report_node_get_children (MunReportNode *self)
{
  return self->children != NULL ? G_LIST_MODEL (self->children) : NULL;
}

static void
append_node (GString *text, MunReportNode *self, guint depth)
{
  g_string_append_printf (text, "%*s%s", (int)depth * 2, "", self->title);
  if (*self->reason != '\0')
    g_string_append_printf (text, ": %s", self->reason);
  if (self->kind != MUN_REPORT_ITEM) {
    g_autofree char *archived = mun_words_count (self->archived);
    g_autofree char *skipped = mun_words_count (self->skipped);
    g_autofree char *failed = mun_words_count (self->failed);

    g_string_append (text, ": ");
    /* Translators: %s is a number of messages. */
    g_string_append_printf (text, ngettext ("%s archived", "%s archived", self->archived),
                            archived);
    g_string_append (text, ", ");
    g_string_append_printf (text, ngettext ("%s skipped", "%s skipped", self->skipped), skipped);
    g_string_append (text, ", ");
    g_string_append_printf (text, ngettext ("%s failed", "%s failed", self->failed), failed);
  }
  g_string_append_c (text, '\n');
  for (guint i = 0;
       self->children != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->children));
       i++) {
    g_autoptr (MunReportNode) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

    append_node (text, child, depth + 1);
  }
}

char *
mun_report_node_to_text (MunReportNode *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (MUN_IS_REPORT_NODE (self), NULL);
  append_node (text, self, 0);
  return g_string_free (text, FALSE);
}
