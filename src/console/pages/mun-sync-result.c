/* mun-sync-result.c: what a synchronization of users did, or would do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-sync-result.h"

#include "json.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunSyncChange {
  GObject parent_instance;
  char *user_name;
  char *full_name;
  char *addresses;
  char *details;
  char *search; /* all columns, case folded */
};

G_DEFINE_FINAL_TYPE (MunSyncChange, mun_sync_change, G_TYPE_OBJECT)

struct _MunSyncResult {
  GObject parent_instance;
  GListStore *lists[MUN_SYNC_N_KINDS];
  gboolean has_changes;
  gboolean dry_run;
  gint64 unchanged;
  char *log;
};

G_DEFINE_FINAL_TYPE (MunSyncResult, mun_sync_result, G_TYPE_OBJECT)

static void
mun_sync_change_finalize (GObject *object)
{
  MunSyncChange *self = MUN_SYNC_CHANGE (object);

  g_free (self->user_name);
  g_free (self->full_name);
  g_free (self->addresses);
  g_free (self->details);
  g_free (self->search);
  G_OBJECT_CLASS (mun_sync_change_parent_class)->finalize (object);
}

static void
mun_sync_change_class_init (MunSyncChangeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_sync_change_finalize;
}

static void
mun_sync_change_init (MunSyncChange *self)
{
}

const char *
mun_sync_change_get_user_name (MunSyncChange *self)
{
  return self->user_name;
}

const char *
mun_sync_change_get_full_name (MunSyncChange *self)
{
  return self->full_name;
}

const char *
mun_sync_change_get_addresses (MunSyncChange *self)
{
  return self->addresses;
}

const char *
mun_sync_change_get_details (MunSyncChange *self)
{
  return self->details;
}

gboolean
mun_sync_change_matches (MunSyncChange *self, const char *text)
{
  g_autofree char *folded = NULL;
  g_auto (GStrv) words = NULL;

  if (text == NULL || *text == '\0')
    return TRUE;
  folded = g_utf8_casefold (text, -1);
  words = g_strsplit_set (folded, " \t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (self->search, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static const char *
field_name (const char *field)
{
  if (g_str_equal (field, "fullName"))
    return _ ("Full name");
  if (g_str_equal (field, "emailAddresses"))
    return _ ("Email addresses");
  if (g_str_equal (field, "authentication"))
    return _ ("Authentication");
  if (g_str_equal (field, "distinguishedName"))
    return _ ("Directory name");
  if (g_str_equal (field, "privileges"))
    return _ ("Privileges");
  if (g_str_equal (field, "userName"))
    return _ ("User name");
  return field;
}

/* A value of a change as text: a string, a number, or a list. */
static char *
value_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array;
  GString *text;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node) || JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup (_ ("nothing"));
  if (JSON_NODE_HOLDS_VALUE (node)) {
    const char *string;

    if (json_node_get_value_type (node) != G_TYPE_STRING)
      return json_to_string (node, FALSE);
    string = json_node_get_string (node);
    return g_strdup (*string != '\0' ? string : _ ("nothing"));
  }
  array = json_node_get_array (node);
  text = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_VALUE (element) || json_node_get_value_type (element) != G_TYPE_STRING)
      continue;
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                            json_node_get_string (element));
  }
  if (text->len == 0)
    g_string_append (text, _ ("nothing"));
  return g_string_free (text, FALSE);
}

static char *
details_of (JsonObject *user, MunSyncKind kind)
{
  JsonArray *changes = mun_json_get_array (user, "changes");
  GString *text = g_string_new (NULL);
  guint length = changes != NULL ? json_array_get_length (changes) : 0;

  if (kind == MUN_SYNC_KIND_SKIP)
    g_string_append (text, mun_json_get_string (user, "reason", ""));
  for (guint i = 0; i < length; i++) {
    JsonNode *node = json_array_get_element (changes, i);
    g_autofree char *before = NULL, *after = NULL;
    JsonObject *change;

    if (!JSON_NODE_HOLDS_OBJECT (node))
      continue;
    change = json_node_get_object (node);
    before = value_text (change, "before");
    after = value_text (change, "after");
    if (text->len > 0)
      g_string_append_c (text, '\n');
    /* Translators: what changes, from which value to which: "Full name: Ada → Ada Lovelace". */
    g_string_append_printf (text, _ ("%s: %s → %s"),
                            field_name (mun_json_get_string (change, "field", "")), before, after);
  }
  return g_string_free (text, FALSE);
}

static MunSyncChange *
change_new (JsonNode *node, MunSyncKind kind)
{
  MunSyncChange *self;
  g_autofree char *all = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node)
      && !(JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING))
    return NULL;
  self = g_object_new (MUN_TYPE_SYNC_CHANGE, NULL);
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *user = json_node_get_object (node);
    g_auto (GStrv) addresses = mun_json_dup_strings (user, "emailAddresses");

    self->user_name = g_strdup (mun_json_get_string (user, "userName", ""));
    self->full_name = g_strdup (mun_json_get_string (user, "fullName", ""));
    self->addresses = addresses != NULL ? g_strjoinv (", ", addresses) : g_strdup ("");
    self->details = details_of (user, kind);
  } else {
    self->user_name = g_strdup (json_node_get_string (node));
    self->full_name = g_strdup ("");
    self->addresses = g_strdup ("");
    self->details = g_strdup ("");
  }
  all = g_strjoin ("\n", self->user_name, self->full_name, self->addresses, self->details, NULL);
  self->search = g_utf8_casefold (all, -1);
  return self;
}

static void
mun_sync_result_finalize (GObject *object)
{
  MunSyncResult *self = MUN_SYNC_RESULT (object);

  for (guint i = 0; i < MUN_SYNC_N_KINDS; i++)
    g_clear_object (&self->lists[i]);
  g_free (self->log);
  G_OBJECT_CLASS (mun_sync_result_parent_class)->finalize (object);
}

static void
mun_sync_result_class_init (MunSyncResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_sync_result_finalize;
}

static void
mun_sync_result_init (MunSyncResult *self)
{
  for (guint i = 0; i < MUN_SYNC_N_KINDS; i++)
    self->lists[i] = g_list_store_new (MUN_TYPE_SYNC_CHANGE);
}

static void
fill_list (MunSyncResult *self, MunSyncKind kind, JsonObject *result, const char *member)
{
  JsonArray *array = mun_json_get_array (result, member);
  g_autoptr (GPtrArray) changes = NULL;

  if (array == NULL)
    return;
  self->has_changes = TRUE;
  changes = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    MunSyncChange *change = change_new (json_array_get_element (array, i), kind);

    if (change != NULL)
      g_ptr_array_add (changes, change);
  }
  g_list_store_splice (self->lists[kind], 0, 0, changes->pdata, changes->len);
}

MunSyncResult *
mun_sync_result_new (JsonNode *result, const char *log)
{
  MunSyncResult *self = g_object_new (MUN_TYPE_SYNC_RESULT, NULL);

  self->log = g_strdup (log != NULL ? log : "");
  self->unchanged = -1;
  if (result != NULL && JSON_NODE_HOLDS_OBJECT (result)) {
    JsonObject *object = json_node_get_object (result);

    fill_list (self, MUN_SYNC_KIND_CREATE, object, "created");
    fill_list (self, MUN_SYNC_KIND_CHANGE, object, "modified");
    fill_list (self, MUN_SYNC_KIND_DELETE, object, "deleted");
    fill_list (self, MUN_SYNC_KIND_SKIP, object, "skipped");
    self->unchanged = mun_json_get_int (object, "unchanged", -1);
    self->dry_run = mun_json_get_bool (object, "dryRun", FALSE);
  }
  return self;
}

gboolean
mun_sync_result_has_changes (MunSyncResult *self)
{
  return self->has_changes;
}

gboolean
mun_sync_result_is_dry_run (MunSyncResult *self)
{
  return self->dry_run;
}

GListModel *
mun_sync_result_get_list (MunSyncResult *self, MunSyncKind kind)
{
  g_return_val_if_fail (kind < MUN_SYNC_N_KINDS, NULL);
  return G_LIST_MODEL (self->lists[kind]);
}

guint
mun_sync_result_get_count (MunSyncResult *self, MunSyncKind kind)
{
  return g_list_model_get_n_items (mun_sync_result_get_list (self, kind));
}

gint64
mun_sync_result_get_unchanged (MunSyncResult *self)
{
  return self->unchanged;
}

const char *
mun_sync_result_get_log (MunSyncResult *self)
{
  return self->log;
}

static void
append_cell (GString *csv, const char *text, const char *end)
{
  g_string_append_c (csv, '"');
  if (*text != '\0' && strchr ("=+-@\t\r", *text) != NULL)
    g_string_append_c (csv, '\'');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c (csv, '"');
    g_string_append_c (csv, *p);
  }
  g_string_append_printf (csv, "\"%s", end);
}

char *
mun_sync_result_to_csv (MunSyncResult *self)
{
  const char *const kinds[] = { _ ("Create"), _ ("Change"), _ ("Delete"), _ ("Skip") };
  GString *csv = g_string_new (NULL);

  append_cell (csv, _ ("Action"), ",");
  append_cell (csv, _ ("User name"), ",");
  append_cell (csv, _ ("Full name"), ",");
  append_cell (csv, _ ("Email addresses"), ",");
  append_cell (csv, _ ("Changes"), "\r\n");
  for (guint kind = 0; kind < MUN_SYNC_N_KINDS; kind++)
    for (guint i = 0; i < mun_sync_result_get_count (self, kind); i++) {
      g_autoptr (MunSyncChange) change
          = g_list_model_get_item (G_LIST_MODEL (self->lists[kind]), i);

      append_cell (csv, kinds[kind], ",");
      append_cell (csv, change->user_name, ",");
      append_cell (csv, change->full_name, ",");
      append_cell (csv, change->addresses, ",");
      append_cell (csv, change->details, "\r\n");
    }
  return g_string_free (csv, FALSE);
}
