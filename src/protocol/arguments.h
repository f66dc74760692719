/* arguments.h: the values of one call, checked against the table of functions */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "functions.h"

G_BEGIN_DECLS

/* A form with more fields than this is refused. */
#define MUN_ARGUMENTS_MAX 64

/* MunArguments: reference counted; one thread at a time. */
typedef struct _MunArguments MunArguments;

#define MUN_TYPE_ARGUMENTS (mun_arguments_get_type ())
GType
mun_arguments_get_type (void) G_GNUC_CONST;

/* mun_arguments_new: no values yet. @spec must be static (it comes from the table). */
MunArguments *
mun_arguments_new (const MunFunctionSpec *spec);
MunArguments *
mun_arguments_ref (MunArguments *self);
void
mun_arguments_unref (MunArguments *self);

/* mun_arguments_parse_form: reads an application/x-www-form-urlencoded body of @length bytes (0: no
 * arguments).
 *
 * It is as tolerant as real servers have to be (contract 1.6): order is free; JSON may stand there
 * without percent-encoding; True and False in any case, 1 and 0 are booleans; an empty value counts
 * as absent for numbers, booleans, JSON and for optional strings; arguments that the table calls
 * lenient may be missing; fields that the function does not have are ignored. Returns: (transfer
 * full). Error: MUN_ERROR_INVALID ("Missing API argument userName." and the like),
 * MUN_ERROR_TOO_LARGE for more than MUN_ARGUMENTS_MAX fields. */
MunArguments *
mun_arguments_parse_form (const MunFunctionSpec *spec, const char *body, gsize length,
                          GError **error);

/* mun_arguments_parse_command: reads a line of the Management Shell: Function --arg="value"
 * --other=value. Quotes as in a POSIX shell. An argument that the function does not have is an
 * error here.
 * @spec (out) (optional): the function. Returns: (transfer full).
 * Error: MUN_ERROR_NOT_FOUND for the function, MUN_ERROR_INVALID. */
MunArguments *
mun_arguments_parse_command (const char *line, const MunFunctionSpec **spec, GError **error);

/* mun_arguments_parse_object: arguments from a JSON object, one member each; numbers and booleans
 * may be strings, strings may be numbers, null is absent. Unknown members are an error. Returns:
 * (transfer full). Error: MUN_ERROR_INVALID. */
MunArguments *
mun_arguments_parse_object (const MunFunctionSpec *spec, JsonObject *object, GError **error);

/* mun_arguments_set_text: sets an argument from its text, as a form or command line writes it. An
 * unknown argument and a value of the wrong type are errors: MUN_ERROR_INVALID. */
gboolean
mun_arguments_set_text (MunArguments *self, const char *name, const char *text, GError **error);

/* mun_arguments_check: whether everything required is there. Error: MUN_ERROR_INVALID. */
gboolean
mun_arguments_check (MunArguments *self, GError **error);

const MunFunctionSpec *
mun_arguments_get_spec (MunArguments *self);

/* The names below must be arguments of the function, of that type: anything else is a programmer's
 * error. */
gboolean
mun_arguments_has (MunArguments *self, const char *name);
/* Returns: borrowed, NULL when absent. */
const char *
mun_arguments_get_string (MunArguments *self, const char *name);
gint64
mun_arguments_get_int (MunArguments *self, const char *name, gint64 fallback);
gboolean
mun_arguments_get_bool (MunArguments *self, const char *name, gboolean fallback);
/* Returns: borrowed, NULL when absent. */
JsonNode *
mun_arguments_get_json (MunArguments *self, const char *name);

/* mun_arguments_set_string: NULL takes the value away. */
void
mun_arguments_set_string (MunArguments *self, const char *name, const char *value);
void
mun_arguments_set_int (MunArguments *self, const char *name, gint64 value);
void
mun_arguments_set_bool (MunArguments *self, const char *name, gboolean value);
/* mun_arguments_set_json: copies the node; NULL takes the value away. */
void
mun_arguments_set_json (MunArguments *self, const char *name, JsonNode *value);

/* mun_arguments_encode: the values as a form body, booleans as "true" and "false".
 * Returns: (transfer full): it holds secrets when the function has secret arguments; wipe it after
 * use. */
char *
mun_arguments_encode (MunArguments *self);

/* mun_arguments_describe: name=value for a log or the audit, secret values as "***", long ones cut.
 * Returns: (transfer full). */
char *
mun_arguments_describe (MunArguments *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunArguments, mun_arguments_unref)

G_END_DECLS
