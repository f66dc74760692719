/* arguments-parse.c: reads the values of a call from a form, a command line or JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "arguments.h"

#include "errors.h"
#include "json.h"
#include "secret.h"
#include "text.h"

#include <string.h>

static void
wipe_and_free (char *text)
{
  if (text != NULL)
    mun_secret_wipe (text, strlen (text));
  g_free (text);
}

/* Decodes %XX and +; a percent sign that starts no escape stays. NULL when the result is not a C
 * string of UTF-8. */
static char *
decode (const char *text, gsize length)
{
  char *out = g_malloc (length + 1);
  gsize n = 0;

  for (gsize i = 0; i < length; i++) {
    if (text[i] == '%' && i + 2 < length && g_ascii_isxdigit (text[i + 1])
        && g_ascii_isxdigit (text[i + 2])) {
      out[n++]
          = (char)(g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
      i += 2;
    } else {
      out[n++] = text[i] == '+' ? ' ' : text[i];
    }
  }
  out[n] = '\0';
  if (g_utf8_validate_len (out, n, NULL))
    return out;
  mun_secret_wipe (out, n);
  g_free (out);
  return NULL;
}

/* The argument that a field "name=value" of @length bytes is for; NULL when the function has none
 * of that name. */
static const MunArgSpec *
field_arg (const MunFunctionSpec *spec, const char *field, gsize length)
{
  const char *equals = memchr (field, '=', length);
  g_autofree char *name = NULL;

  if (equals == NULL)
    return NULL;
  name = decode (field, equals - field);
  return name != NULL ? mun_function_lookup_arg (spec, name) : NULL;
}

/* Whether the field's value is JSON without percent-encoding, and whole. */
static gboolean
is_whole_json (const char *field, const char *stop)
{
  const char *value = (const char *)memchr (field, '=', stop - field) + 1;
  g_autoptr (JsonNode) node = mun_json_parse (value, stop - value, NULL);

  return node != NULL;
}

/* The end of the field at @field. JSON without percent-encoding may contain "&" (curl --data
 * 'config={…}'): then what follows belongs to it until it is whole or the next argument of the
 * function begins. */
static const char *
find_field_end (const MunFunctionSpec *spec, const char *field, const char *end)
{
  const char *stop = memchr (field, '&', end - field);
  const MunArgSpec *arg = field_arg (spec, field, (stop != NULL ? stop : end) - field);

  if (stop == NULL)
    return end;
  if (arg == NULL || arg->type != MUN_ARG_JSON || memchr (field, '"', stop - field) == NULL)
    return stop;
  /* As many tries as there may be fields: a body full of "&" must not cost more. */
  for (guint tries = 0; stop != NULL && tries < MUN_ARGUMENTS_MAX; tries++) {
    const char *next = memchr (stop + 1, '&', end - stop - 1);

    if (field_arg (spec, stop + 1, (next != NULL ? next : end) - stop - 1) != NULL
        || is_whole_json (field, stop))
      return stop;
    stop = next;
  }
  return stop != NULL ? stop : end;
}

/* A quote never stands in an encoded form: JSON with one is meant as it is, "+" and "%" included.
 */
static gboolean
set_raw_json (MunArguments *values, const MunArgSpec *arg, const char *value, gsize length)
{
  g_autoptr (JsonNode) node = NULL;

  if (arg->type != MUN_ARG_JSON || memchr (value, '"', length) == NULL)
    return FALSE;
  node = mun_json_parse (value, length, NULL);
  if (node == NULL)
    return FALSE;
  mun_arguments_set_json (values, arg->name, node);
  return TRUE;
}

static gboolean
set_field (MunArguments *values, const char *field, gsize length, GError **error)
{
  const MunArgSpec *arg = field_arg (mun_arguments_get_spec (values), field, length);
  const char *value;
  gboolean ok;
  char *text;

  /* Unknown fields do no harm; a real server does not mind them either. */
  if (arg == NULL)
    return TRUE;
  value = (const char *)memchr (field, '=', length) + 1;
  if (set_raw_json (values, arg, value, field + length - value))
    return TRUE;
  text = decode (value, field + length - value);
  if (text == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Invalid value of API argument %s: it is not valid UTF-8.", arg->name);
    return FALSE;
  }
  ok = mun_arguments_set_text (values, arg->name, text, error);
  wipe_and_free (text);
  return ok;
}

MunArguments *
mun_arguments_parse_form (const MunFunctionSpec *spec, const char *body, gsize length,
                          GError **error)
{
  g_autoptr (MunArguments) values = NULL;
  const char *end = body + length;
  guint fields = 0;

  g_return_val_if_fail (spec != NULL && (body != NULL || length == 0), NULL);

  values = mun_arguments_new (spec);
  for (const char *field = body; field != NULL && field < end;) {
    const char *stop = find_field_end (spec, field, end);

    if (stop > field && ++fields > MUN_ARGUMENTS_MAX) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE, "More than %d API arguments.",
                   MUN_ARGUMENTS_MAX);
      return NULL;
    }
    if (stop > field && !set_field (values, field, stop - field, error))
      return NULL;
    field = stop + 1;
  }
  return mun_arguments_check (values, error) ? g_steal_pointer (&values) : NULL;
}

static gboolean
set_option (MunArguments *values, const char *word, GError **error)
{
  const char *equals = strchr (word, '=');
  const MunArgSpec *arg;
  g_autofree char *name = NULL;

  if (!g_str_has_prefix (word, "--") || word[2] == '\0' || word[2] == '=') {
    g_autofree char *start = mun_text_dup_start (word, 40);

    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Arguments are written as --name=value: “%s”.", start);
    return FALSE;
  }
  name = equals != NULL ? g_strndup (word + 2, equals - word - 2) : g_strdup (word + 2);
  arg = mun_function_lookup_arg (mun_arguments_get_spec (values), name);
  if (equals == NULL && arg != NULL && arg->type != MUN_ARG_BOOL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "API argument %s has no value.", name);
    return FALSE;
  }
  return mun_arguments_set_text (values, name, equals != NULL ? equals + 1 : "true", error);
}

MunArguments *
mun_arguments_parse_command (const char *line, const MunFunctionSpec **spec, GError **error)
{
  g_autoptr (MunArguments) values = NULL;
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) words = NULL;
  const MunFunctionSpec *function;

  g_return_val_if_fail (line != NULL, NULL);

  if (!g_shell_parse_argv (line, NULL, &words, &reason)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "The line cannot be read: %s",
                 reason->message);
    return NULL;
  }
  function = mun_function_lookup (words[0]);
  if (function == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND, "There is no function “%s”.", words[0]);
    return NULL;
  }
  if (spec != NULL)
    *spec = function;
  values = mun_arguments_new (function);
  for (guint i = 1; words[i] != NULL; i++)
    if (!set_option (values, words[i], error))
      return NULL;
  return mun_arguments_check (values, error) ? g_steal_pointer (&values) : NULL;
}

static gboolean
set_member (MunArguments *values, const char *name, JsonObject *object, GError **error)
{
  const MunArgSpec *arg = mun_function_lookup_arg (mun_arguments_get_spec (values), name);
  JsonNode *node = json_object_get_member (object, name);
  char *text;
  gboolean ok;

  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (arg != NULL && arg->type == MUN_ARG_JSON) {
    mun_arguments_set_json (values, name, node);
    return TRUE;
  }
  text = mun_json_dup_text (object, name);
  if (text == NULL) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Invalid value of API argument %s: an object or array is not expected.", name);
    return FALSE;
  }
  ok = mun_arguments_set_text (values, name, text, error);
  wipe_and_free (text);
  return ok;
}

MunArguments *
mun_arguments_parse_object (const MunFunctionSpec *spec, JsonObject *object, GError **error)
{
  g_autoptr (MunArguments) values = NULL;
  g_autoptr (GList) names = NULL;

  g_return_val_if_fail (spec != NULL, NULL);

  values = mun_arguments_new (spec);
  names = object != NULL ? json_object_get_members (object) : NULL;
  for (GList *name = names; name != NULL; name = name->next)
    if (!set_member (values, name->data, object, error))
      return NULL;
  return mun_arguments_check (values, error) ? g_steal_pointer (&values) : NULL;
}
