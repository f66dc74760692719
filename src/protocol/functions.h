/* functions.h: the table of all functions of the Administration API */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum { MUN_ARG_STRING, MUN_ARG_NUMBER, MUN_ARG_BOOL, MUN_ARG_JSON } MunArgType;

/* One argument of a function. */
typedef struct {
  const char *name;
  MunArgType type;
  gboolean nullable; /* as the metadata says: may be absent */
  gboolean
      lenient; /* may be absent although the metadata says otherwise: older clients leave it out */
  gboolean secret; /* a password or key, or JSON with one inside: never logged, never in an argument
                      list */
  const char *summary; /* marked for translation, translate with gettext() */
} MunArgSpec;

typedef enum {
  MUN_FUNCTION_LONG = 1 << 0,   /* usually answers with a token, the result comes by get-status */
  MUN_FUNCTION_OWN = 1 << 1,    /* Muniment's addition; a MailStore Server does not have it */
  MUN_FUNCTION_SERVED = 1 << 2, /* munimentd has it */
  MUN_FUNCTION_SECRET_ARGS = 1 << 3 /* at least one argument is secret */
} MunFunctionFlags;

/* One function. Names, arguments and result of those without MUN_FUNCTION_OWN are MailStore
 * Server's (help.mailstore.com, "Administration API - Function Reference"). */
typedef struct {
  const char *name;
  const char *group;   /* heading in help texts; marked for translation */
  const char *summary; /* marked for translation */
  const char *returns; /* the shape of the result in short, or "null"; not translated */
  guint flags;         /* MunFunctionFlags */
  const MunArgSpec *args;
  guint n_args;
} MunFunctionSpec;

/* mun_function_lookup: by exact name. Returns: static memory, NULL when there is no such function.
 */
const MunFunctionSpec *
mun_function_lookup (const char *name);

/* mun_function_list: all functions, group by group. @n (out): their number. Returns: static memory.
 */
const MunFunctionSpec *
mun_function_list (guint *n);

/* mun_function_lookup_arg: Returns: static memory, NULL when the function has no such argument. */
const MunArgSpec *
mun_function_lookup_arg (const MunFunctionSpec *spec, const char *name);

/* Returns: "string", "number", "bool" or "json", as get-metadata writes it. */
const char *
mun_arg_type_to_string (MunArgType type);

/* mun_function_metadata: one element of get-metadata: {"name","args":[{"name","type","nullable"}]}.
 * Returns: (transfer full). */
JsonObject *
mun_function_metadata (const MunFunctionSpec *spec);

/* mun_function_dup_metadata: what get-metadata answers, for the functions that have all flags of
 * @mask (0: all). Returns: (transfer full): an array. */
JsonNode *
mun_function_dup_metadata (guint mask);

G_END_DECLS
