/* functions.c: looks into the table of functions */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "functions.h"

#include "functions-table.h"
#include "json.h"

#include <string.h>

typedef struct {
  GArray *list;       /* MunFunctionSpec */
  GHashTable *byname; /* borrowed names and elements of list */
} Table;

static Table *
build_table (void)
{
  const MunFunctionSpec *groups[] = {
    mun_functions_users,    mun_functions_directory, mun_functions_compliance,
    mun_functions_storage,  mun_functions_indexes,   mun_functions_jobs,
    mun_functions_profiles, mun_functions_folders,   mun_functions_misc,
  };
  Table *table = g_new0 (Table, 1);

  table->list = g_array_new (TRUE, TRUE, sizeof (MunFunctionSpec));
  table->byname = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const MunFunctionSpec *spec = groups[i]; spec->name != NULL; spec++)
      g_array_append_vals (table->list, spec, 1);
  for (guint i = 0; i < table->list->len; i++) {
    MunFunctionSpec *spec = &g_array_index (table->list, MunFunctionSpec, i);

    g_assert (!g_hash_table_contains (table->byname, spec->name));
    g_hash_table_insert (table->byname, (gpointer)spec->name, spec);
  }
  return table;
}

static Table *
get_table (void)
{
  static Table *table;

  if (g_once_init_enter (&table))
    g_once_init_leave (&table, build_table ());
  return table;
}

const MunFunctionSpec *
mun_function_lookup (const char *name)
{
  return name != NULL ? g_hash_table_lookup (get_table ()->byname, name) : NULL;
}

const MunFunctionSpec *
mun_function_list (guint *n)
{
  Table *table = get_table ();

  if (n != NULL)
    *n = table->list->len;
  return (const MunFunctionSpec *)(gpointer)table->list->data;
}

const MunArgSpec *
mun_function_lookup_arg (const MunFunctionSpec *spec, const char *name)
{
  g_return_val_if_fail (spec != NULL && name != NULL, NULL);

  for (guint i = 0; i < spec->n_args; i++)
    if (strcmp (spec->args[i].name, name) == 0)
      return &spec->args[i];
  return NULL;
}

const char *
mun_arg_type_to_string (MunArgType type)
{
  static const char *const names[] = { "string", "number", "bool", "json" };

  g_return_val_if_fail (type < G_N_ELEMENTS (names), NULL);

  return names[type];
}

JsonObject *
mun_function_metadata (const MunFunctionSpec *spec)
{
  JsonObject *function = json_object_new ();
  JsonArray *args = json_array_new ();

  g_return_val_if_fail (spec != NULL, function);

  for (guint i = 0; i < spec->n_args; i++) {
    JsonObject *arg = json_object_new ();

    json_object_set_string_member (arg, "name", spec->args[i].name);
    json_object_set_string_member (arg, "type", mun_arg_type_to_string (spec->args[i].type));
    json_object_set_boolean_member (arg, "nullable", spec->args[i].nullable);
    json_array_add_object_element (args, arg);
  }
  json_object_set_string_member (function, "name", spec->name);
  json_object_set_array_member (function, "args", args);
  return function;
}

JsonNode *
mun_function_dup_metadata (guint mask)
{
  JsonArray *array = json_array_new ();
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);

  for (guint i = 0; i < n; i++)
    if ((list[i].flags & mask) == mask)
      json_array_add_object_element (array, mun_function_metadata (&list[i]));
  return mun_json_node_take_array (array);
}
