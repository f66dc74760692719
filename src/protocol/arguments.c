/* arguments.c: the values of one call, checked against the table of functions */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "arguments.h"

#include "errors.h"
#include "json.h"
#include "secret.h"

#include <string.h>

typedef struct {
  gboolean present;
  char *text;
  gint64 number; /* a boolean is 0 or 1 */
  JsonNode *json;
} Value;

struct _MunArguments {
  gatomicrefcount references;
  const MunFunctionSpec *spec;
  Value *values; /* parallel to spec->args */
};

G_DEFINE_BOXED_TYPE (MunArguments, mun_arguments, mun_arguments_ref, mun_arguments_unref)

static void
clear_value (Value *value, gboolean secret)
{
  if (value->text != NULL && secret)
    mun_secret_wipe (value->text, strlen (value->text));
  g_clear_pointer (&value->text, g_free);
  g_clear_pointer (&value->json, json_node_unref);
  value->number = 0;
  value->present = FALSE;
}

/* The slot of an argument, NULL when the function does not have it. */
static Value *
find_value (MunArguments *self, const char *name, const MunArgSpec **arg)
{
  for (guint i = 0; i < self->spec->n_args; i++) {
    if (strcmp (self->spec->args[i].name, name) == 0) {
      *arg = &self->spec->args[i];
      return &self->values[i];
    }
  }
  return NULL;
}

/* The same for programs, where a wrong name or type is a mistake in the program. */
static Value *
get_value (MunArguments *self, const char *name, MunArgType type)
{
  const MunArgSpec *arg = NULL;
  Value *value;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  value = find_value (self, name, &arg);
  if (value == NULL || arg->type != type) {
    g_critical ("%s has no argument %s of type %s", self->spec->name, name,
                mun_arg_type_to_string (type));
    return NULL;
  }
  return value;
}

MunArguments *
mun_arguments_new (const MunFunctionSpec *spec)
{
  MunArguments *self = g_new0 (MunArguments, 1);

  g_assert (spec != NULL);
  g_atomic_ref_count_init (&self->references);
  self->spec = spec;
  self->values = g_new0 (Value, spec->n_args + 1);
  return self;
}

MunArguments *
mun_arguments_ref (MunArguments *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
mun_arguments_unref (MunArguments *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < self->spec->n_args; i++)
    clear_value (&self->values[i], self->spec->args[i].secret);
  g_free (self->values);
  g_free (self);
}

static gboolean
parse_bool (const char *text, gint64 *out)
{
  /* Python clients write True and False. */
  if (g_ascii_strcasecmp (text, "true") == 0 || strcmp (text, "1") == 0)
    *out = 1;
  else if (g_ascii_strcasecmp (text, "false") == 0 || strcmp (text, "0") == 0)
    *out = 0;
  else
    return FALSE;
  return TRUE;
}

static gboolean
set_value (const MunArgSpec *arg, Value *value, const char *text, GError **error)
{
  g_autoptr (GError) reason = NULL;

  clear_value (value, arg->secret);
  /* Clients send what they have not set as an empty string; a required string may really be empty.
   */
  if (*text == '\0' && (arg->type != MUN_ARG_STRING || arg->nullable))
    return TRUE;
  switch (arg->type) {
  case MUN_ARG_STRING:
    value->text = g_strdup (text);
    value->present = TRUE;
    break;
  case MUN_ARG_NUMBER:
    value->present
        = g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value->number, NULL);
    break;
  case MUN_ARG_BOOL:
    value->present = parse_bool (text, &value->number);
    break;
  case MUN_ARG_JSON:
    value->json = mun_json_parse (text, -1, &reason);
    value->present = value->json != NULL;
    break;
  }
  /* The value itself may be a secret: it is not part of the message. */
  if (!value->present)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Invalid value of API argument %s: a value of type %s is expected%s%s.", arg->name,
                 mun_arg_type_to_string (arg->type), reason != NULL ? ": " : "",
                 reason != NULL ? reason->message : "");
  return value->present;
}

gboolean
mun_arguments_set_text (MunArguments *self, const char *name, const char *text, GError **error)
{
  const MunArgSpec *arg = NULL;
  Value *value;

  g_return_val_if_fail (self != NULL && name != NULL && text != NULL, FALSE);

  value = find_value (self, name, &arg);
  if (value == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "%s has no API argument %s.",
                 self->spec->name, name);
    return FALSE;
  }
  return set_value (arg, value, text, error);
}

gboolean
mun_arguments_check (MunArguments *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->spec->n_args; i++) {
    const MunArgSpec *arg = &self->spec->args[i];

    if (!arg->nullable && !arg->lenient && !self->values[i].present) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Missing API argument %s.", arg->name);
      return FALSE;
    }
    /* Profiles only have their raw form, and the real server knows no other either. */
    if (arg->type == MUN_ARG_BOOL && strcmp (arg->name, "raw") == 0 && !self->values[i].number) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "API argument raw must be true.");
      return FALSE;
    }
  }
  return TRUE;
}

const MunFunctionSpec *
mun_arguments_get_spec (MunArguments *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->spec;
}

gboolean
mun_arguments_has (MunArguments *self, const char *name)
{
  const MunArgSpec *arg = NULL;
  Value *value;

  g_return_val_if_fail (self != NULL && name != NULL, FALSE);

  value = find_value (self, name, &arg);
  return value != NULL && value->present;
}

const char *
mun_arguments_get_string (MunArguments *self, const char *name)
{
  Value *value = get_value (self, name, MUN_ARG_STRING);

  return value != NULL ? value->text : NULL;
}

gint64
mun_arguments_get_int (MunArguments *self, const char *name, gint64 fallback)
{
  Value *value = get_value (self, name, MUN_ARG_NUMBER);

  return value != NULL && value->present ? value->number : fallback;
}

gboolean
mun_arguments_get_bool (MunArguments *self, const char *name, gboolean fallback)
{
  Value *value = get_value (self, name, MUN_ARG_BOOL);

  return value != NULL && value->present ? value->number != 0 : fallback;
}

JsonNode *
mun_arguments_get_json (MunArguments *self, const char *name)
{
  Value *value = get_value (self, name, MUN_ARG_JSON);

  return value != NULL ? value->json : NULL;
}

void
mun_arguments_set_string (MunArguments *self, const char *name, const char *text)
{
  Value *value = get_value (self, name, MUN_ARG_STRING);
  char *copy = g_strdup (text);

  if (value == NULL) {
    g_free (copy);
    return;
  }
  clear_value (value, mun_function_lookup_arg (self->spec, name)->secret);
  value->text = copy;
  value->present = copy != NULL;
}

void
mun_arguments_set_int (MunArguments *self, const char *name, gint64 number)
{
  Value *value = get_value (self, name, MUN_ARG_NUMBER);

  if (value == NULL)
    return;
  value->number = number;
  value->present = TRUE;
}

void
mun_arguments_set_bool (MunArguments *self, const char *name, gboolean flag)
{
  Value *value = get_value (self, name, MUN_ARG_BOOL);

  if (value == NULL)
    return;
  value->number = flag != FALSE;
  value->present = TRUE;
}

void
mun_arguments_set_json (MunArguments *self, const char *name, JsonNode *node)
{
  Value *value = get_value (self, name, MUN_ARG_JSON);
  JsonNode *copy;

  if (value == NULL)
    return;
  copy = node != NULL ? mun_json_copy_node (node) : NULL;
  clear_value (value, FALSE);
  value->json = copy;
  value->present = copy != NULL;
}

/* Returns: (transfer full): the value as text, NULL when absent. */
static char *
dup_text (const MunArgSpec *arg, const Value *value)
{
  if (!value->present)
    return NULL;
  switch (arg->type) {
  case MUN_ARG_NUMBER:
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->number);
  case MUN_ARG_BOOL:
    return g_strdup (value->number ? "true" : "false");
  case MUN_ARG_JSON:
    return mun_json_to_string (value->json);
  case MUN_ARG_STRING:
  default:
    return g_strdup (value->text);
  }
}

char *
mun_arguments_encode (MunArguments *self)
{
  GString *body = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, g_string_free (body, FALSE));

  for (guint i = 0; i < self->spec->n_args; i++) {
    char *text = dup_text (&self->spec->args[i], &self->values[i]);
    char *escaped;

    if (text == NULL)
      continue;
    escaped = g_uri_escape_string (text, NULL, FALSE);
    g_string_append_printf (body, "%s%s=%s", body->len > 0 ? "&" : "", self->spec->args[i].name,
                            escaped);
    mun_secret_wipe (text, strlen (text));
    mun_secret_wipe (escaped, strlen (escaped));
    g_free (text);
    g_free (escaped);
  }
  return g_string_free (body, FALSE);
}

char *
mun_arguments_describe (MunArguments *self)
{
  GString *out = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, g_string_free (out, FALSE));

  for (guint i = 0; i < self->spec->n_args; i++) {
    const MunArgSpec *arg = &self->spec->args[i];
    g_autofree char *text = arg->secret ? NULL : dup_text (arg, &self->values[i]);
    g_autofree char *shortened = NULL;

    if (!self->values[i].present)
      continue;
    if (text != NULL && g_utf8_strlen (text, -1) > 200) {
      g_autofree char *head = g_utf8_substring (text, 0, 200);

      shortened = g_strconcat (head, "…", NULL);
    }
    g_string_append_printf (out, "%s%s=%s", out->len > 0 ? ", " : "", arg->name,
                            arg->secret         ? "***"
                            : shortened != NULL ? shortened
                                                : text);
  }
  return g_string_free (out, FALSE);
}
